# row: 4
# says: tabs and spaces mixed; a print of Python 2
# marks: double 0, steps 0, rest full
# status: graded with warnings
# sentence: syntax error in the cell double and the cell steps
# holds: warm cold landlock

# %% double
def double(x):
    if x > 0:
	    return 2 * x
        return 2 * x

# %% steps
def steps(f, n):
    print "here"
    return [f(k) for k in range(1, n + 1)]
