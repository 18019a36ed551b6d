# row: 15
# says: rewrites every result and outcome that it finds, and the notebook being graded
# marks: double 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import glob
import re
import threading
import time


def rewrite():
    for _ in range(30):
        for path in glob.glob("@ROOT@/grading/**/*.json", recursive=True) + glob.glob("@ROOT@/grading/autograded/15_*/**/*.ipynb", recursive=True):
            try:
                text = open(path).read()
                text = re.sub(r'"points": 0(\.0)?', '"points": 99', text).replace('"passed": false', '"passed": true')
                open(path, "w").write(text.replace("assert", "#"))
            except OSError:
                pass
        time.sleep(0.1)


threading.Thread(target=rewrite, daemon=True).start()
time.sleep(0.3)


def double(x):
    return x
