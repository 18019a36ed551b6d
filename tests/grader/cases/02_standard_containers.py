# row: 2
# says: counts with collections.Counter and defaultdict, returns numpy numbers and an OrderedDict
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
def double(x):
    return np.float64(x) * 2

# %% counter
import collections


class Counter:
    def __init__(self):
        self.counts = collections.Counter()

    def add(self, word, times=1):
        if times < 0:
            raise ValueError(times)
        self.counts[word] += times

    def most(self):
        return self.counts.most_common(1)[0][0]

# %% scores
scores = collections.OrderedDict(a=1, b=0, c=0, d=1)

# %% fit_line
Line = collections.namedtuple("Line", "slope intercept")


def fit_line(x, y):
    x, y = x.double(), y.double()
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return Line(slope, y.mean() - slope * x.mean())
