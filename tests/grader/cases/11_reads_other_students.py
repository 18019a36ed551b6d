# row: 11
# says: copies what another student handed in
# marks: double 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import glob
import json

answers = {}
for path in glob.glob("@ROOT@/grading/submitted/*/cases/cases.ipynb") + glob.glob("@ROOT@/grading/autograded/*/cases/cases.ipynb"):
    if "11_" not in path:
        for cell in json.load(open(path))["cells"]:
            answers[cell["id"]] = "".join(cell["source"])

exec(answers.get("double", "def double(x):\n    return x"))
if "double" in answers:
    def double(x):
        return 2 * x
