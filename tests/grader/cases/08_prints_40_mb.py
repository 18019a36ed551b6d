# row: 8
# says: prints 40 MB in a cell, and more in a function; the answers are right
# marks: rest full
# status: graded | graded with warnings
# page: output was cut|more characters are not shown
# holds: warm cold landlock

# %% double
for _ in range(40):
    print("x" * 999_999)


def double(x):
    print("y" * 999_999)
    return 2 * x
