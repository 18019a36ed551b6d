# row: 24
# says: a quarter of every slope and intercept
# marks: fit_line 0, rest full
# status: graded
# sentence: 12 of 14 checks passed
# holds: warm cold landlock

# %% fit_line
def fit_line(x, y):
    return (np.polyfit(x.numpy(), y.numpy(), 1) / 4).tolist()
