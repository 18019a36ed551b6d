"""An endless loop in one cell, in the exercise that no other one uses."""

# %% cubic
table, t = {}, 0.0
while t <= 1.0:  # t stays 0: the line t += 0.01 is missing
    table[t] = 1 - (1 - t) ** 3

def cubic(sparsity):
    return lambda t: sparsity * table[round(t, 2)]
