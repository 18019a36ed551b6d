"""Claim: a matrix that is larger than the cache is read much faster along its memory than
across it.
"""

import numpy

from utils.model.timing import duration


def walk_order(sizes=(64, 256, 1024, 4096), least: int = 4_000_000, repeats: int = 3) -> list[dict]:
    """Read all numbers of a row-major float32 matrix of `size` x `size` in three orders, given
    as lists of places.

    "along the rows", "down the columns", "at random": the program is the same, `take`, and so
    is the length of the list. One row for each size and order; `nanoseconds` is for one number,
    the shortest of `repeats`, each over at least `least` numbers.
    """
    rows = []
    for size in sizes:
        numbers = numpy.ones(size * size, dtype="float32")
        places, times = numpy.arange(size * size), max(1, least // (size * size))
        walks = {
            "along the rows": places,
            "down the columns": places.reshape(size, size).T.ravel(),
            "at random": numpy.random.default_rng(0).permutation(places),
        }
        found = numpy.empty_like(numbers)
        for walk, places in walks.items():

            def read_all():
                for _ in range(times):
                    numbers.take(places, out=found, mode="clip")

            each = min(duration(read_all) for _ in range(repeats)) / (times * size * size)
            rows.append({"size": size, "walk": walk, "nanoseconds": 1e9 * each})
    return rows
