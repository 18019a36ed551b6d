# row: 9
# says: a child that keeps the inherited pipes open, so that their reader would wait for it
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import subprocess
import sys

try:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", "leftbehind"], close_fds=False)
except OSError:
    pass


def double(x):
    return 2 * x
