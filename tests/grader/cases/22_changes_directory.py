# row: 22
# says: changes the working folder, writes there, and deletes it
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import os
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
with open("notes.txt", "w") as file:
    file.write("mine")
os.remove("notes.txt")
os.rmdir(folder)


def double(x):
    return 2 * x
