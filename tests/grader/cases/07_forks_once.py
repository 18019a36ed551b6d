# row: 7
# says: forks by mistake: from then on two processes run the student's cells
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os

os.fork()


def double(x):
    return 2 * x
