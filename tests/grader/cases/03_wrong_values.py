# row: 3
# says: squares instead of doubling, ranks weights by value instead of size, forgets `times`
# marks: double 0, prune_smallest 0, counter 0, rest full
# status: graded
# sentence: 8 of 14 checks passed
# page: expected 6, got 9
# holds: warm cold landlock

# %% double
def double(x):
    return x ** 2

# %% prune_smallest
def prune_smallest(tensor, count):
    mask = torch.ones_like(tensor)
    mask.view(-1)[tensor.flatten().topk(count, largest=False).indices] = 0
    tensor.mul_(mask)
    return mask

# %% counter
class Counter:
    counts = {}

    def add(self, word, times=1):
        self.counts[word] = self.counts.get(word, 0) + 1

    def most(self):
        return max(self.counts, key=self.counts.get)
