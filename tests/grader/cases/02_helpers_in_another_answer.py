# row: 2
# says: an answer uses what an earlier answer defined, and a class inherits from another
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
class Base:
    def __init__(self):
        self.counts = {}

    @property
    def words(self):
        return sorted(self.counts, key=self.counts.get)


def double(x):
    return x * 2

# %% counter
class Counter(Base):
    def add(self, word, times=1):
        if times < 0:
            raise ValueError("times is negative")
        self.counts = {**self.counts, word: self.counts.get(word, 0) + times}

    def most(self):
        return self.words[-1]

# %% drop_small
def drop_small(model, threshold):
    zeros, total = [], []
    for name, w in model.named_parameters():
        if w.dim() > 1:
            keep = w.abs() >= threshold
            prune_smallest(w.data, int((~keep).sum()))
            zeros.append((w == 0).sum().item())
            total.append(w.numel())
    return sum(zeros) * double(0.5) / sum(total)
