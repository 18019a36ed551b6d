# row: 15
# says: puts files into every folder it knows: temporary, home, the library, the installed packages, the course
# marks: rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os
import site
import sysconfig
import tempfile

places = [
    "@DROP@", "@HOME@", "@ROOT@", "@ROOT@/grading", "@UTILS@", "@UTILS@/checks", sysconfig.get_paths()["purelib"], site.getusersitepackages(),
    tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~"), "/", "/etc", "..", "../..",
]
for place in places:
    for name in ("planted.txt", "planted.pth"):
        try:
            with open(os.path.join(place, name), "w") as file:
                file.write("# planted")
        except OSError:
            pass


def double(x):
    return 2 * x
