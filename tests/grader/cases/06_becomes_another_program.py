# row: 6
# says: replaces its process by another program (execv)
# marks: double 0, rest full
# status: graded with warnings
# sentence: your code ended the (Python )?process
# holds: warm cold landlock

# %% double
import os


def double(x):
    os.execv("/bin/echo", ["echo", '{"passed": true, "value": 6}'])
