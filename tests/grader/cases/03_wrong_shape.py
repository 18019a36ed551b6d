# row: 3
# says: a flat mask for every shape; a pair for a number
# marks: double 0, prune_smallest 2, rest full
# status: graded
# sentence: 11 of 14 checks passed
# holds: warm cold landlock

# %% double
def double(x):
    return (x, x)

# %% prune_smallest
def prune_smallest(tensor, count):
    mask = torch.ones(tensor.numel())
    mask[tensor.abs().flatten().topk(count, largest=False).indices] = 0
    tensor.view(-1).mul_(mask)
    return mask
