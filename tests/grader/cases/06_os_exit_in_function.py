# row: 6
# says: calls os._exit inside the tested function
# marks: double 0, rest full
# status: graded with warnings
# sentence: your code ended the (Python )?process
# holds: warm cold landlock

# %% double
import os


def double(x):
    os._exit(0)
