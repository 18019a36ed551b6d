# row: 26
# says: pruned weights are NaN, and a mask of NaN
# marks: prune_smallest 0, drop_small 0, rest full
# status: graded
# sentence: 10 of 14 checks passed
# holds: warm cold landlock

# %% prune_smallest
def prune_smallest(tensor, count):
    mask = torch.ones_like(tensor)
    mask.view(-1)[tensor.abs().flatten().topk(count, largest=False).indices] = 0
    tensor.mul_(mask)
    return mask.masked_fill(mask == 1, float("nan"))

# %% drop_small
def drop_small(model, threshold):
    weights = [p.data for p in model.parameters() if p.dim() > 1]
    small = [w.abs() < threshold for w in weights]
    for w, which in zip(weights, small):
        w[which] = float("nan")
    return sum(int(which.sum()) for which in small) / sum(w.numel() for w in weights)
