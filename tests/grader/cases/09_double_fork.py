# row: 9
# says: detaches a copy of itself the way daemons do, and closes everything it inherited
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import ctypes
import os
import signal
import time


def daemon():
    os.setsid()
    if os.fork():
        os._exit(0)
    ctypes.CDLL(None).prctl(15, b"leftbehind", 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, 256)
    while True:
        time.sleep(0.1)
        try:
            os.close(os.open("@DROP@/planted_by_daemon", os.O_CREAT | os.O_WRONLY))
        except OSError:
            pass


child = os.fork()
if child == 0:
    try:
        daemon()
    finally:
        os._exit(0)
os.waitpid(child, 0)


def double(x):
    return 2 * x
