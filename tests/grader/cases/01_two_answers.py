# row: 1
# says: answers two exercises and leaves the rest as it came
# marks: double full, counter full, rest 0
# status: graded
# sentence: no answer in 6 cells
# holds: warm cold landlock
# from: release

# %% double
def double(x):
    return x + x

# %% counter
class Counter:
    def __init__(self):
        self.counts = {}

    def add(self, word, times=1):
        if times < 0:
            raise ValueError("no")
        self.counts[word] = self.counts.get(word, 0) + times

    def most(self):
        return max(self.counts, key=self.counts.get)
