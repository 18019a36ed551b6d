# row: 22
# says: sets every seed, in the cell and in the function
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import random


def double(x):
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    return 2 * x
