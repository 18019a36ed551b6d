"""How long a call takes. Whatever else the machine does can only make a call longer: the shortest
of many is the best estimate.
"""

import time
from collections.abc import Callable


def shortest(call: Callable, seconds: float) -> float:
    """Seconds for one call: the shortest of at least five calls, over at least `seconds`."""
    call()  # the first call sets things up
    taken, end = [], time.perf_counter() + seconds
    while len(taken) < 5 or time.perf_counter() < end:
        taken.append(duration(call))
    return min(taken)


def duration(call: Callable) -> float:
    """Seconds for this one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
