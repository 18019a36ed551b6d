# row: 2
# says: right, but slow: plain loops and pauses
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import time


def double(x):
    time.sleep(0.02)
    return x + x

# %% prune_smallest
def prune_smallest(tensor, count):
    time.sleep(0.1)
    mask = torch.ones_like(tensor)
    flat, kept = tensor.view(-1), mask.view(-1)
    for _ in range(count):
        smallest = None
        for i in range(flat.numel()):
            if kept[i] == 1 and (smallest is None or abs(flat[i]) < abs(flat[smallest])):
                smallest = i
        flat[smallest] = kept[smallest] = 0
    return mask
