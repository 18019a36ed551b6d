# row: 14
# says: returns a list a million deep; one that contains itself; one that is huge when it is written out
# marks: double 0, counter 0, steps 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
def double(x):
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    return nested

# %% counter
class Counter:
    def __init__(self):
        self.counts = {}
        self.counts["self"] = self.counts

    def add(self, word, times=1):
        pass

# %% steps
def steps(f, n):
    row = [0] * 1000
    return [[row] * 1000] * 1000
