# row: 10
# says: calls input() inside the tested function
# marks: double 0, rest full
# status: graded | graded with warnings
# page: input
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
def double(x):
    return x * float(input("times what? "))
