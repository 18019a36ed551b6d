"""Claim: a matrix that is larger than the cache is read much faster along its memory than across it."""
import statistics
import time

import numpy


def walk_order(sizes=(64, 256, 1024, 4096), repeats: int = 5) -> list[dict]:
    """Add up all numbers of a row-major float32 matrix of `size` x `size`, one row or one column at a time.

    One row for each size and walk; `nanoseconds` is for one number, the median of some repeats, taken in turns. Both
    walks call `sum` on `size` vectors of `size` numbers; for small matrices the calls themselves are most of the time.
    """
    rows = []
    for size in sizes:
        matrix = numpy.ones((size, size), dtype="float32")
        walks = {"along the rows": matrix, "down the columns": matrix.T}
        times = {walk: [] for walk in walks}
        for _ in range(repeats):
            for walk, vectors in walks.items():
                start = time.perf_counter()
                for vector in vectors:
                    vector.sum()
                times[walk].append(time.perf_counter() - start)
        rows += [{"size": size, "walk": walk, "nanoseconds": 1e9 * statistics.median(taken) / size**2} for walk, taken in times.items()]
    return rows
