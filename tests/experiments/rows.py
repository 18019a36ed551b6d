"""The rows of an experiment that a test asks for."""


def of(rows, key, **where):
    """The values of `key` in the rows where each of `where` holds."""
    return [row[key] for row in rows if all(row[k] == value for k, value in where.items())]


def mean(rows, key="accuracy", **where):
    """The mean of these values."""
    values = of(rows, key, **where)
    return sum(values) / len(values)
