# row: 13
# says: closes every open file of its process
# marks: double 0, rest full
# status: graded with warnings
# holds: warm cold landlock

# %% double
import os


def double(x):
    os.closerange(0, 1024)
    return x
