# row: 5
# says: a loop that never ends at the top of a cell, before the function
# marks: steps 0, rest full
# status: graded with warnings
# sentence: ran over 3 s in the cell steps
# holds: warm cold landlock

# %% steps
n = 0
while n >= 0:
    n += 1


def steps(f, n):
    return [f(k) for k in range(1, n + 1)]
