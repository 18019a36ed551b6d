# row: 21
# says: an answer that makes the partial credit negative
# marks: scores 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% scores
scores = {"a": -1000, "b": 0, "c": 0, "d": 1}
