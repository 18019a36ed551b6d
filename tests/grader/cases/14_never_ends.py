# row: 14
# says: returns an endless iterator, and objects with an endless chain of attributes
# marks: counter 0, steps 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% counter
class Counter:
    def __getattr__(self, name):
        return Counter()

    def __call__(self, *arguments):
        return Counter()

    def __iter__(self):
        while True:
            yield Counter()

# %% steps
import itertools


def steps(f, n):
    return map(f, itertools.count())
