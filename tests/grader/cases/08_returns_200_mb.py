# row: 8
# says: returns a text of 200 MB and a tensor of 2 GB that takes no memory
# marks: double 0, prune_smallest 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
def double(x):
    return "x" * 200_000_000

# %% prune_smallest
def prune_smallest(tensor, count):
    return torch.zeros(1).expand(500_000_000)
