# row: 6
# says: calls os._exit at the top of a cell
# marks: double 0, rest full
# status: graded with warnings
# sentence: your code ended the (Python )?process
# holds: warm cold landlock

# %% double
import os

os._exit(0)


def double(x):
    return 2 * x
