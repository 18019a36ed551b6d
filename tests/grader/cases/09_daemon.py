# row: 9
# says: starts a program that outlives grading and writes a file again and again
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import subprocess
import sys

CODE = """
import signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    time.sleep(0.1)
    try:
        open("@DROP@/planted_by_daemon", "a").write("alive")
    except OSError:
        pass
"""
try:
    subprocess.Popen([sys.executable, "-c", CODE, "leftbehind"], start_new_session=True)
except OSError:
    pass


def double(x):
    return 2 * x
