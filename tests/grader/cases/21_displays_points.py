# row: 21
# says: displays a number inside the tested function, before the check fails
# marks: double 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
from IPython.display import display


def double(x):
    get_ipython().displayhook(3.0)
    display(3.0)
    print(3.0)
    return x
