# row: 22
# says: magics, a shell line, await at the top of a cell, a displayed picture
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
%precision 3
!echo hello
import asyncio

await asyncio.sleep(0.01)

def double(x):
    return 2 * x

double(4)

# %% steps
%%time
def steps(f, n):
    return [f(k) for k in range(1, n + 1)]
