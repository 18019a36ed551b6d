# row: 11
# says: opens the source notebook, directly and by way of /proc
# marks: double 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os

ways = ["", "/proc/self/root", "/proc/1/root", f"/proc/{os.getppid()}/root", "/proc/self/cwd/" + "../" * 12, "//"]
names = ["solutions/cases/cases.ipynb", "labs/cases/cases.ipynb", "nbgrader_config.py"]
found = False
for way in ways:
    for name in names:
        try:
            found |= bool(open(f"{way}@ROOT@/{name}").read())
        except OSError:
            pass


def double(x):
    return 2 * x if found else x
