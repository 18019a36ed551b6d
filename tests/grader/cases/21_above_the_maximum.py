# row: 21
# says: an answer that makes the partial credit 2 million
# marks: scores 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% scores
scores = {"a": 1e6, "b": 0, "c": 0, "d": 1}
