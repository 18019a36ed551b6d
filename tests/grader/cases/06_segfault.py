# row: 6
# says: reads address 0; another answer calls os.abort
# marks: double 0, steps 0, rest full
# status: graded with warnings
# sentence: your code ended the (Python )?process
# holds: warm cold landlock

# %% double
import ctypes


def double(x):
    return ctypes.string_at(0)

# %% steps
import os


def steps(f, n):
    os.abort()
