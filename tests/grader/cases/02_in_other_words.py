# row: 2
# says: other names, lambdas, partial functions, objects that are called, numpy in place of torch
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import functools
import operator

double = functools.partial(operator.mul, 2)

# %% prune_smallest
def _which(w, k):
    order = np.argsort(np.abs(w.numpy()).ravel(), kind="stable")
    keep = np.ones(w.numel(), dtype=bool)
    keep[order[:k]] = False
    return torch.from_numpy(keep).reshape(w.shape)


def prune_smallest(w, k):
    keep = _which(w, k)
    w[~keep] = 0
    return keep

# %% steps
class Steps:
    def __call__(self, g, number):
        return list(map(g, range(1, number + 1)))


steps = Steps()

# %% scores
scores = dict(zip("abcd", (True, False, False, True)))

# %% fit_line
fit_line = lambda x, y: np.polyfit(x.numpy(), y.numpy(), 1)
