# row: 22
# says: closes stdin, stdout and stderr, as objects and as numbers
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% steps
import os
import sys


def steps(f, n):
    for number in (0, 1, 2):
        try:
            os.close(number)
        except OSError:
            pass
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        try:
            stream.close()
        except Exception:
            pass
    sys.stdout = sys.stderr = None
    return [f(k) for k in range(1, n + 1)]
