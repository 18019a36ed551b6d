# row: 22
# says: warnings, texts on stderr and a log, in the cell and in the function
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import logging
import os
import sys
import warnings


def double(x):
    warnings.warn("careful")
    logging.warning("on the log")
    print("on stderr", file=sys.stderr)
    os.write(2, b"from a C library\n")
    return 2 * x


double(1)
