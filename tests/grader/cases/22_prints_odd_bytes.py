# row: 22
# says: prints bytes that are no text, lone surrogates, zeros and control characters
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import os
import sys


def double(x):
    print("\udcff \x00 \x08 \x1b[31m \u202e \U0010ffff")
    os.write(1, b"\xff\xfe\x00\x80")
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(b"\xff\xfe\x00")
    return 2 * x


double(1)
