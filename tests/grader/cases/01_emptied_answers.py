# row: 1
# says: deletes the text of every answer
# marks: rest 0
# status: graded
# sentence: no answer in 8 cells
# holds: warm cold landlock

# %% double

# %% prune_smallest

# %% counter

# %% drop_small

# %% scores

# %% steps

# %% fit_line

# %% explanation
