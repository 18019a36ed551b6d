# row: 7
# says: starts 1000 threads that stay
# marks: steps ?, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% steps
import threading
import time


def steps(f, n):
    for _ in range(1000 - threading.active_count()):
        threading.Thread(target=time.sleep, args=(3600,)).start()
    return [f(k) for k in range(1, n + 1)]
