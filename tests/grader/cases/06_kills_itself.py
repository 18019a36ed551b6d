# row: 6
# says: sends SIGKILL to its own process
# marks: double 0, rest full
# status: graded with warnings
# sentence: your code ended the (Python )?process
# holds: warm cold landlock

# %% double
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGKILL)
