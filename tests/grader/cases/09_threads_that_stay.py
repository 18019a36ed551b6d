# row: 9
# says: threads that are no daemons, and a function at exit that never returns
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import atexit
import threading
import time


def stay():
    while True:
        time.sleep(1)


threading.Thread(target=stay).start()
atexit.register(stay)


def double(x):
    return 2 * x
