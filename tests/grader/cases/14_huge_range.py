# row: 14
# says: answers with ranges and slices that are small to send and huge to look through
# marks: scores 0, steps 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% scores
scores = range(200_000_000)

# %% steps
def steps(f, n):
    return range(10**18)
