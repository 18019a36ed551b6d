# row: 4
# says: a missing bracket in one answer
# marks: double 0, rest full
# status: graded with warnings
# sentence: syntax error in the cell double
# holds: warm cold landlock

# %% double
def double(x:
    return 2 * x
