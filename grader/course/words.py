"""Lists of names, in words."""


def listed(names):
    """the cell a; the cell a and the cell b; the cell a, the cell b and 3 more"""
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
