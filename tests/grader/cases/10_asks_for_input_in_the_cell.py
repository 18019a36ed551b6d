# row: 10
# says: asks for a name before the function is defined
# marks: double 0, rest full
# status: graded | graded with warnings
# page: input
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
name = input("Your name: ")


def double(x):
    return 2 * x
