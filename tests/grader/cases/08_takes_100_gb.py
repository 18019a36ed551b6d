# row: 8
# says: asks for 100 GB at once
# marks: double 0, rest full
# status: graded | graded with warnings
# page: [Mm]emory
# holds: warm cold landlock

# %% double
def double(x):
    return len(bytearray(100 << 30)) and 2 * x
