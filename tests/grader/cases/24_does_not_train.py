# row: 24
# says: returns the random start
# marks: fit_line 0, rest full
# status: graded
# sentence: 12 of 14 checks passed
# holds: warm cold landlock

# %% fit_line
def fit_line(x, y):
    return torch.randn(2).clamp(-0.5, 0.5).tolist()
