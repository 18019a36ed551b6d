# row: 5
# says: calls the function it was given again and again
# marks: steps 0, rest full
# status: graded with warnings
# sentence: ran over 3 s in the cell check_steps
# holds: warm cold landlock

# %% steps
def steps(f, n):
    while True:
        f(1)
