# row: 22
# says: a pool of two processes and one of two threads
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold

# %% double
import multiprocessing

pool = multiprocessing.get_context("fork").Pool(2)


def double(x):
    return sum(pool.map(float, [x, x]))

# %% steps
from concurrent.futures import ThreadPoolExecutor


def steps(f, n):
    with ThreadPoolExecutor(2) as threads:
        return [threads.submit(f, k).result() for k in range(1, n + 1)]
