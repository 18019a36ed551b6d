# row: 3
# says: answers that raise, in a function, a constructor and a method
# marks: double 0, counter 0, steps 0, rest full
# status: graded
# sentence: 8 of 14 checks passed
# page: ZeroDivisionError
# holds: warm cold landlock

# %% double
def double(x):
    return 2 * x / (x - x)

# %% counter
class Counter:
    def __init__(self):
        raise KeyError("no dictionary")

# %% steps
def steps(f, n):
    return f("not a number") + undefined_name
