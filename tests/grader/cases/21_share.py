# row: 21
# says: a half-right answer that earns its share
# marks: scores 3, rest full
# status: graded
# holds: warm cold landlock

# %% scores
scores = {"a": 1, "b": 0, "c": 0, "d": 0.5}
