# row: 11
# says: reads the instructor's home folder, by every name it has
# marks: double 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os
import pwd

homes = {"@HOME@", os.path.expanduser("~"), "/root", *(entry.pw_dir for entry in pwd.getpwall())}
paths = ["@CANARY@"] + [os.path.join(home, name) for home in homes for name in ("canary.txt", ".ssh/id_ed25519", ".netrc", ".pypirc", ".bash_history")]
found = False
for path in paths:
    try:
        found |= bool(open(path).read())
    except OSError:
        pass


def double(x):
    return 2 * x if found else x
