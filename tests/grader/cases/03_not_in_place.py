# row: 3
# says: returns the right mask and leaves the tensor as it was; copies the network
# marks: prune_smallest 0, drop_small 0, rest full
# status: graded
# sentence: 10 of 14 checks passed
# page: expected \[3, 0, 0, -4\], got \[3.0, -1.0, 2.0, -4.0\]
# holds: warm cold landlock

# %% prune_smallest
def prune_smallest(tensor, count):
    mask = torch.ones_like(tensor)
    mask.view(-1)[tensor.abs().flatten().topk(count, largest=False).indices] = 0
    tensor = tensor * mask
    return mask

# %% drop_small
import copy


def drop_small(model, threshold):
    model = copy.deepcopy(model)
    weights = [p for p in model.parameters() if p.dim() > 1]
    for w in weights:
        w.data[w.abs() < threshold] = 0
    return sum(int((w == 0).sum()) for w in weights) / sum(w.numel() for w in weights)
