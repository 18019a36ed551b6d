# row: 5
# says: a search that takes ages inside C, where no interrupt is looked at
# marks: steps 0, rest full
# status: graded with warnings
# sentence: ran over 3 s in .*check_steps
# holds: warm cold landlock

# %% steps
import re


def steps(f, n):
    re.match("(a+)+$", "a" * 60 + "c")
    return [f(k) for k in range(1, n + 1)]
