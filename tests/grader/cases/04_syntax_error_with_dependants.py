# row: 4
# says: a syntax error in an answer that another answer calls
# marks: prune_smallest 0, drop_small 0, rest full
# status: graded with warnings
# sentence: syntax error in the cell prune_smallest
# holds: warm cold landlock

# %% prune_smallest
def prune_smallest(tensor, count)
    return tensor

# %% drop_small
def drop_small(model, threshold):
    for w in model.parameters():
        if w.dim() > 1:
            prune_smallest(w.data, int((w.abs() < threshold).sum()))
    return 0.0
