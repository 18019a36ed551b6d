# row: 5
# says: a loop that swallows KeyboardInterrupt and ignores every signal it can
# marks: steps 0, rest full
# status: graded with warnings
# sentence: ran over 3 s in .*check_steps
# holds: warm cold landlock

# %% steps
import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def steps(f, n):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
