"""JupyterLab and Chromium for the browser tests: one of each in a worker."""

import itertools

import pytest

from . import jupyterlab

WITHOUT = (
    "no Chromium found: `apt-get install chromium` (or COURSE_CHROMIUM=/path/to/chrome) "
    "runs the browser tests"
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Tests with the browser share a server: every second lecture, the others, all the rest."""
    halves = itertools.cycle(("lectures", "more lectures"))
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            group = next(halves) if item.path.stem == "test_lectures" else "browser"
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def groups(request):
    """Fails where pytest-xdist has lost the groups, and each worker would start its own JupyterLab.

    Under --dist loadgroup xdist writes the group of a test behind an @ in its name, and goes by
    that alone.
    """
    command = getattr(request.config, "workerinput", {}).get(
        "mainargv", []
    )  # what a worker can know of --dist
    if "loadgroup" in " ".join(command):
        grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group")]
        lost = [item.nodeid for item in grouped if "@" not in item.nodeid]
        assert not lost, (
            f"{len(lost)} tests are not in their group, such as {lost[0]}: "
            "use another version of pytest"
        )


@pytest.fixture(scope="session")
def browser(groups):
    """Chromium. Without one the tests are skipped."""
    if not jupyterlab.find_chromium():
        pytest.skip(WITHOUT)
    with jupyterlab.chromium() as chromium:
        yield chromium.new_context()  # its pages share a cache: JupyterLab is loaded once


@pytest.fixture(scope="session")
def server(browser, tmp_path_factory):
    """A student's JupyterLab on a copy of the course."""
    folder = jupyterlab.copy_of_course(tmp_path_factory.mktemp("course"))
    with jupyterlab.running(folder) as server:
        yield server


@pytest.fixture(scope="session")
def instructor_server(browser, tmp_path_factory):
    """An instructor's JupyterLab, with formgrader, on another copy."""
    folder = jupyterlab.copy_of_course(tmp_path_factory.mktemp("instructor"))
    (folder / "grading").mkdir()  # where nbgrader keeps its gradebook
    with jupyterlab.running(folder, instructor=True) as server:
        yield server


@pytest.fixture
def open_notebook(browser, server):
    """`open_notebook("lectures/....ipynb")`: a page, closed with its kernel after the test."""
    pages = []

    def open_one(path, dark=False):
        pages.append(jupyterlab.open_notebook(browser, server, path, dark))
        return pages[-1]

    yield open_one
    for page in pages:
        jupyterlab.close(page)
