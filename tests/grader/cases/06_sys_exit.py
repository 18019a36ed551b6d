# row: 6
# says: calls sys.exit inside one tested function and exit() at the end of another cell
# marks: double 0, rest full
# status: graded | graded with warnings
# page: SystemExit|ended the process
# holds: warm cold landlock

# %% double
import sys


def double(x):
    sys.exit("done")

# %% steps
def steps(f, n):
    return [f(k) for k in range(1, n + 1)]


exit()
