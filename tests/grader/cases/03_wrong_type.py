# row: 3
# says: a text for a number, whole numbers for weights, a generator for a list
# marks: double 0, prune_smallest 2, steps 0, rest full
# status: graded
# sentence: 9 of 14 checks passed
# holds: warm cold landlock

# %% double
def double(x):
    return str(2 * x)

# %% prune_smallest
def prune_smallest(tensor, count):
    mask = torch.ones_like(tensor)
    mask.view(-1)[tensor.abs().flatten().topk(count, largest=False).indices] = 0
    tensor.copy_((tensor * mask).int())
    return mask

# %% steps
def steps(f, n):
    return (f(k) for k in range(1, n + 1))
