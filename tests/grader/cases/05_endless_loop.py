# row: 5
# says: an answer that never returns
# marks: steps 0, rest full
# status: graded with warnings
# sentence: ran over 3 s in .*check_steps
# holds: warm cold landlock

# %% steps
def steps(f, n):
    while True:
        pass
