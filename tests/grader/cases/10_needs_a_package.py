# row: 10
# says: pip install from Python, and the answer needs what it brings
# marks: double 0, rest full
# status: graded | graded with warnings
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "pip", "install", "planted-package"])


def double(x):
    return 2 * x
