# row: 26
# says: pruned weights are -0.0, which is zero
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% prune_smallest
def prune_smallest(tensor, count):
    mask = torch.ones_like(tensor)
    mask.view(-1)[tensor.abs().flatten().topk(count, largest=False).indices] = 0
    tensor[mask == 0] = -0.0
    return mask

# %% drop_small
def drop_small(model, threshold):
    weights = [p.data for p in model.parameters() if p.dim() > 1]
    for w in weights:
        w[w.abs() < threshold] = -0.0
    return sum(int((w == 0).sum()) for w in weights) / sum(w.numel() for w in weights)
