# row: 8
# says: lifts the recursion limit, then recurses without end
# marks: steps 0, rest full
# status: graded with warnings
# sentence: ended the (Python )?process|memory|ran over
# holds: warm cold landlock

# %% steps
import sys


class Endless:
    def __repr__(self):
        return repr(self)


def steps(f, n):
    sys.setrecursionlimit(10**9)
    return repr(Endless())
