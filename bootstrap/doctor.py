"""The command `doctor`; a notebook shows the same rows.

from bootstrap.doctor import report
"""

import os

from bootstrap import machine, packages
from bootstrap.console import say
from bootstrap.process import HERE, environment, hand_over, python_of
from bootstrap.rows import Row, show
from bootstrap.setup import set_up
from bootstrap.venv import read_json, stamp_file

# At the end of the path, so that a file of the user's cannot stand in for a package.
INSIDE = (
    f"import sys; sys.path.append({str(HERE)!r}); "
    "from bootstrap.doctor import inside; sys.exit(inside())"
)


def doctor(arguments: list[str]) -> int:
    """Looks at this computer and the set-up; names the line that fixes what is missing.

    usage: {call} doctor [--repair]

    --repair   makes .venv again first (close JupyterLab before)
    """
    if "--repair" in arguments:
        set_up(read_json(stamp_file(HERE)).get("extra", "student"), again=True)
    if wrong := show(machine.of_computer()):
        return summary(wrong)
    os.chdir(HERE)
    return hand_over([python_of(), "-P", "-c", INSIDE], environment())


def inside() -> int:
    """The rest of the report, by the Python of .venv."""
    _, *rows = report()  # Python itself has its row
    return summary(show([*rows, *packages.box_rows()]))


def report() -> list[Row]:
    """What everybody needs, as the Python that runs now finds it."""
    return [
        machine.python_row(),
        packages.environment_row(),
        machine.clean_path_row(),
        *packages.package_rows(),
        packages.torch_row(),
        packages.widget_row(),
        machine.memory_row(),
        machine.disk_row(),
        packages.browser_row(),
    ]


def summary(wrong: list[Row]) -> int:
    """Says what is wrong, if anything. Returns the exit code."""
    if not wrong:
        say("\nThe course is ready.")
        return 0
    names = ", ".join(row.what for row in wrong)
    say(f"\nTo be fixed: {names}. The line after each -> says how.")
    return 1
