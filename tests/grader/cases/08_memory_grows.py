# row: 8
# says: keeps more and more tensors
# marks: steps 0, rest full
# status: graded | graded with warnings
# page: [Mm]emory
# holds: warm cold landlock

# %% steps
kept = []


def steps(f, n):
    while True:
        kept.append(torch.ones(4_000_000))
