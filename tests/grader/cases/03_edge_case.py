# row: 3
# says: right on the visible case, wrong where nothing is to be pruned
# marks: prune_smallest 2, rest full
# status: graded
# sentence: 13 of 14 checks passed
# holds: warm cold landlock

# %% prune_smallest
def prune_smallest(tensor, count):
    threshold = tensor.abs().flatten().kthvalue(count).values
    mask = (tensor.abs() > threshold).float()
    tensor.mul_(mask)
    return mask
