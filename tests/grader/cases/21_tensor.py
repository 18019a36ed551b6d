# row: 21
# says: an answer that makes the partial credit a tensor of several numbers
# marks: scores 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% scores
scores = {"a": torch.tensor([1.0, 1.0, 1.0]), "b": 0, "c": 0, "d": 1}
