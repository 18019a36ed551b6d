# row: 10
# says: !pip install at the top of a right answer
# marks: rest full
# status: graded | graded with warnings
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
!pip install planted-package

def double(x):
    return 2 * x
