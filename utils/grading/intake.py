"""What a submission's folder holds: a notebook that can be graded, or the reason why not."""
import json

LARGEST = 100_000_000


def problem(folder, lab):
    """Why this folder cannot be graded, one sentence; None when it can.

    folder: path of grading/submitted/STUDENT/LAB.
    """
    path = folder / f"{lab}.ipynb"
    if set("*?[]") & set(folder.parent.name):
        return f"nbgrader cannot read a folder named {folder.parent.name}: rename it, without * ? [ ]"
    if path.is_symlink() or folder.is_symlink() or folder.parent.is_symlink():
        return f"{path.name} is a link to another file, hand in the file itself"
    if not path.is_file():
        found = ", ".join(sorted(other.name for other in folder.iterdir() if other.name != "timestamp.txt")) or "nothing"
        return f"no notebook named {path.name} in the folder (found: {found})"
    if path.stat().st_size > LARGEST:
        return f"{path.name} is larger than {LARGEST // 1_000_000} MB, clear its outputs"
    try:
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            return f"{path.name} is empty"
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        return f"{path.name} is not JSON: line {error.lineno}{conflict(text)}"
    except (UnicodeDecodeError, RecursionError) as error:
        return f"{path.name} is not a notebook: {type(error).__name__}"
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        return f"{path.name} is JSON, but not a notebook"
    return None


def conflict(text):
    """A remark when git left its conflict marks in the file."""
    return " (git conflict marks)" if "\n<<<<<<< " in text else ""
