"""The bad submissions on every back-end, one after the other: python -m tests.grader.all_backends
[warm] [cold] [landlock]

Prints a line for each case that is not as expected, and a summary; exit code 0 when all are.
Without namespaces of its own Landlock is run inside a pid namespace where bubblewrap can make one:
should it not hold, `kill(-1)` ends this run and nothing else.
"""

import os
import shutil
import subprocess
import sys

NAMES = "warm", "cold", "landlock"


def command(backend):
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/grader/run/test_cases.py",
    ]
    if backend == "landlock" and shutil.which("bwrap"):
        return [
            "bwrap",
            "--dev-bind",
            "/",
            "/",
            "--unshare-pid",
            "--proc",
            "/proc",
            "--cap-add",
            "ALL",
            "--die-with-parent",
            *tests,
        ]
    return tests


def main(names):
    unknown = set(names) - set(NAMES)
    if unknown:
        print(
            f"There is no back-end {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.",
            file=sys.stderr,
        )
        return 2
    failed = []
    for name in names or NAMES:
        print(f"\n{name}", flush=True)
        code = subprocess.run(command(name), env=os.environ | {"COURSE_BACKEND": name}).returncode
        failed += [name] if code else []
    print(
        f"\nnot as expected on: {', '.join(failed)}" if failed else "\nas expected on all of them"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
