# row: 8
# says: takes memory in many processes, each under the limit
# marks: steps 0, rest full
# status: graded with warnings
# sentence: memory
# holds: warm cold landlock

# %% steps
import ctypes
import os
import time


def steps(f, n):
    for _ in range(5):
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b"leftbehind", 0, 0, 0)
            kept = bytearray(b"x") * 300_000_000
            time.sleep(3600)
    time.sleep(3600)
