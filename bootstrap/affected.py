"""Which tests `test --fast` and `test --changed` run.

A file affects the modules that import it, those that import these, and so on up to tests and
notebooks. Imports are read, never run. A test that reads files as text says so in a constant,
READS = ("lectures", "README.md"): a folder and a file. One that executes notebooks says RUNS.
"""

import ast
import contextlib
import json
import re
import subprocess
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from bootstrap.console import Stop

SLOW = ("box", "browser", "notebook", "slow")  # marks of tests, see tests/conftest.py
EVERYTHING = ("pyproject.toml", "nbgrader_config.py")
DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


def choice(
    root: Path, fast: bool = False, since: str | None = None
) -> tuple[list[str] | None, str]:
    """What pytest is told, and a line that says why.

    root: Path of the course. fast: leave out the tests with the marks of SLOW.
    since: a git revision; only tests above the files that differ from it.
    Returns (list of str for pytest, or None where there is nothing to run; str).
    """
    marks = ["-m", f"not ({' or '.join(SLOW)})"] if fast else []
    without = f"Without the marks {', '.join(SLOW)}. " if fast else ""
    if since is None:
        return marks, without.strip()
    changed = changed_files(root, since)
    if not changed:
        return None, f"Nothing differs from {since}, so there is no test to run."
    house = House(root, changed)
    if house.below_everything:
        return marks, f"{without}All tests: everything depends on {listed(house.below_everything)}."
    if not house.tests:
        return None, f"No test depends on {listed(changed)}."
    line = (
        f"{without}{len(house.tests)} of {len(house.all_tests)} test files and "
        f"{len(house.notebooks)} of {len(house.all_notebooks)} notebooks "
        f"depend on {listed(changed)}."
    )
    return house.tests + house.only_these_notebooks() + marks, line


def listed(paths: list[str], most: int = 3) -> str:
    """The first few of a list, and how many more there are."""
    more = len(paths) - most
    return ", ".join(paths[:most]) + (f" and {more} more" if more > 0 else "")


def git(root: Path, command: str, *arguments: str) -> list[str]:
    """The file names that a git command prints."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), command, "-z", *arguments],
            capture_output=True,
            encoding="utf-8",
        )
    except FileNotFoundError:
        raise Stop("--changed asks git what has changed, and git is not installed.") from None
    if done.returncode:
        raise Stop(f"git cannot say what has changed: {done.stderr.strip()}")
    return done.stdout.split("\0")[:-1]


def changed_files(root: Path, since: str) -> list[str]:
    """The paths of files that differ from a revision: committed or not, new or deleted."""
    found = git(root, "diff", "--name-only", "--no-renames", "--relative", since, "--")
    return sorted({*found, *git(root, "ls-files", "--others", "--exclude-standard")})


class House:
    """The files of a course, and which tests and notebooks stand above some of them.

    changed: paths relative to the root, as everywhere here. below_everything: those of them that
    everything depends on, or whose use is unknown. tests, notebooks: those that depend on
    the others. all_tests, all_notebooks: all that there are.
    """

    def __init__(self, root: Path, changed: list[str]) -> None:
        self.root = Path(root)
        files = git(root, "ls-files", "--cached", "--others", "--exclude-standard")
        files = {path for path in files if (self.root / path).is_file()}
        self.modules = {
            module_name(path): path for path in {*files, *changed} if path.endswith(".py")
        }
        self.all_notebooks = sorted(path for path in files if path.endswith(".ipynb"))
        self.all_tests = sorted(path for path in files if is_test(path))
        # path: the paths that import it, read it as text, or execute it
        self.users: dict[str, set[str]] = {}
        self.readers: dict[str, set[str]] = {}
        self.runners: dict[str, set[str]] = {}
        for path in sorted(files):
            self.read(path)
        known, self.below_everything = self.reach(changed)
        above = self.above(known)
        self.notebooks = [path for path in self.all_notebooks if path in above]
        # Tests that run one of these notebooks are chosen too: of them, only what concerns it.
        edited = [path for path in changed if path.endswith(".ipynb")]
        users = found(self.runners, self.notebooks) | found(self.readers, edited)
        self.by_notebook = self.above(users) - above
        self.tests = [path for path in self.all_tests if path in above | self.by_notebook]

    def read(self, path: str) -> None:
        """Enters what a file imports and what it reads."""
        if path.endswith(".py"):
            try:
                tree = ast.parse((self.root / path).read_text(encoding="utf-8"))
            except (SyntaxError, ValueError):
                return  # answers of strangers, some of them not Python on purpose
            used = imports(tree, package_of(path)) | conftests(path)
            for folder in constant(tree, "RUNS"):
                self.runners.setdefault(folder, set()).add(path)
            for folder in [*constant(tree, "READS"), *constant(tree, "RUNS")]:
                self.readers.setdefault(folder, set()).add(path)
        elif path.endswith(".ipynb"):
            used = imports_of_notebook(self.root / path)
        else:
            return
        for name in used & self.modules.keys():
            self.users.setdefault(self.modules[name], set()).add(path)

    def reach(self, changed: list[str]) -> tuple[set[str], list[str]]:
        """(the files whose users depend on the changed ones, the changed ones of unknown reach)"""
        known: set[str] = set()
        unknown: list[str] = []
        for path in changed:
            package, readers = self.package_around(path), found(self.readers, [path])
            if path in EVERYTHING:
                unknown.append(path)
            elif path in self.users or is_test(path) or path.endswith(".ipynb"):
                known.add(path)
            elif package:
                known.add(package)  # data, or a module that is loaded by its path
            elif not readers and not path.endswith(".py"):
                unknown.append(path)
            if not path.endswith(".ipynb"):
                known |= readers
        return known, unknown

    def package_around(self, path: str) -> str | None:
        """The __init__.py of the nearest package that a file lies in, or None."""
        for folder in PurePosixPath(path).parents:
            init = (folder / "__init__.py").as_posix()
            if init != path and (self.root / init).is_file():
                return init
        return None

    def above(self, paths: Iterable[str]) -> set[str]:
        """These files and everything that imports them, directly or not."""
        found, todo = set(), list(paths)
        while todo:
            path = todo.pop()
            if path not in found:
                found.add(path)
                todo += self.users.get(path, ())
        return found

    def only_these_notebooks(self) -> list[str]:
        """pytest's option that leaves out the tests of notebooks that nothing happened to."""
        stems = {PurePosixPath(path).stem for path in self.notebooks}
        others = {PurePosixPath(path).stem for path in self.all_notebooks} - stems
        files = {PurePosixPath(path).name for path in self.by_notebook if is_test(path)}
        if not files or not others:
            return []
        return ["-k", f"not (({' or '.join(sorted(files))}) and ({' or '.join(sorted(others))}))"]


def found(users: dict[str, set[str]], paths: list[str]) -> set[str]:
    """The users of these paths, and of the folders that they lie in."""
    places = [str(place) for path in map(PurePosixPath, paths) for place in (path, *path.parents)]
    return set().union(*(users.get(place, ()) for place in places))


def is_test(path: str) -> bool:
    return path.startswith("tests/") and PurePosixPath(path).match("test_*.py")


def module_name(path: str) -> str:
    """utils/model/data.py -> utils.model.data; utils/model/__init__.py -> utils.model"""
    return ".".join(PurePosixPath(path).with_suffix("").parts).replace(".__init__", "")


def package_of(path: str) -> str:
    return ".".join(PurePosixPath(path).parent.parts)


def prefixes(name: str, shortest: int = 1) -> set[str]:
    """a.b.c -> a, a.b, a.b.c: all of them run when the last is imported."""
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(shortest, len(parts) + 1)}


def conftests(path: str) -> set[str]:
    """The modules that pytest loads for a test without an import."""
    folders = [folder.parts for folder in PurePosixPath(path).parents if folder.parts]
    return {".".join([*folder, "conftest"]) for folder in folders if folder[0] == "tests"}


def imports(tree: ast.AST, package: str = "") -> set[str]:
    """The dotted names that run when a syntax tree does, by import or by a text such as "a.b"."""
    found: set[str] = set()
    docstrings = {docstring(node) for node in ast.walk(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = found.union(*(prefixes(alias.name) for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            start = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            base = start + ([node.module] if node.module else [])
            names = (".".join([*base, alias.name]) for alias in node.names)
            found = found.union(*map(prefixes, names))
        elif isinstance(node, (ast.List, ast.Tuple)):
            words = [getattr(part, "value", None) for part in node.elts]
            for flag, word in zip(words, words[1:]):
                if flag == "-m" and isinstance(word, str):
                    found |= prefixes(word) | {f"{word}.__main__"}
        elif isinstance(node, ast.Constant) and node not in docstrings:
            found |= named_in(node.value) if isinstance(node.value, str) else set()
    return found


def docstring(node: ast.AST) -> ast.expr | None:
    """The expression that a module, class or function begins with."""
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        first = node.body[0] if node.body else None
        return first.value if isinstance(first, ast.Expr) else None
    return None


def named_in(text: str) -> set[str]:
    """The dotted names in a text; where the text is a program, what it imports."""
    found = set().union(*(prefixes(name, shortest=2) for name in DOTTED.findall(text)))
    if "import " in text:
        with contextlib.suppress(SyntaxError, ValueError):
            found |= imports(ast.parse(textwrap.dedent(text)))
    return found


def imports_of_notebook(path: Path) -> set[str]:
    """The dotted names that a notebook's code cells import."""
    found: set[str] = set()
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with contextlib.suppress(SyntaxError, ValueError):  # a gap that students fill
                found |= imports(ast.parse(MAGIC.sub("pass", "".join(cell["source"]))))
    return found


def constant(tree: ast.Module, name: str) -> Sequence[str]:
    """The value of a module's constant; empty without one."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and name in [
            getattr(one, "id", "") for one in node.targets
        ]:
            return ast.literal_eval(node.value)
    return ()
