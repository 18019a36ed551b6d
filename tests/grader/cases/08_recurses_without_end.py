# row: 8
# says: a function that calls itself for ever
# marks: double 0, rest full
# status: graded | graded with warnings
# page: [Rr]ecursion
# holds: warm cold landlock

# %% double
def double(x):
    return double(x)
