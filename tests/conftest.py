"""Marks say what a test costs, and a test that costs more than its marks say fails.

`box` runs code in a box for submissions, `browser` opens JupyterLab in Chromium, `notebook`
executes whole notebooks. `course.py test --fast` leaves them out. COURSE_REQUIRE="box browser" asks
for all tests with these marks: the run fails if one was skipped or if there was none. A test with
the mark `needs` can be skipped even then: it takes one more program, such as PostgreSQL.
"""

import os
import sys

import pytest

PROGRAMS = {  # mark: words in the command line of a process that such a test starts
    "box": {"bwrap", "grader.box.program", "grader.checker.program", "grader.selftest.trial"},
    "browser": {"jupyterlab", "run-driver"},  # the latter is Playwright's
    "notebook": {"ipykernel_launcher"},
}
REQUIRED = os.environ.get("COURSE_REQUIRE", "").split()
STARTED = []  # the command lines since the last test


def note(event, arguments):
    if event == "subprocess.Popen":
        command = arguments[1]
        STARTED.append([command] if isinstance(command, (str, bytes, os.PathLike)) else command)


sys.addaudithook(note)


def kinds(command):
    """The marks that a command line asks for."""
    words = {os.path.basename(os.fsdecode(word)) for word in command}
    return {mark for mark, programs in PROGRAMS.items() if words & programs}


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in this hook too
def pytest_collection_modifyitems(items):
    """Tests that share a fixture run in one worker of pytest-xdist; the slow ones start first."""
    for item in items:
        item.user_properties += [("mark", mark.name) for mark in item.iter_markers()]
        if shares_a_fixture(item) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
    items.sort(key=lambda item: not any(map(item.get_closest_marker, PROGRAMS)))


def pytest_collection_finish():
    STARTED.clear()  # what modules asked the machine as they were imported


def shares_a_fixture(item):
    """Whether a fixture of the test's own module is made once for all of its tests."""
    fixtures = [found[-1] for found in item._fixtureinfo.name2fixturedefs.values()]
    return any(fixture.scope == "module" for fixture in fixtures)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    yield
    asked = set().union(*map(kinds, STARTED))
    STARTED.clear()
    if missing := asked - {mark.name for mark in item.iter_markers()}:
        pytest.fail(f"{item.name} needs the mark {', '.join(sorted(missing))}", pytrace=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and any(missing(reporter.stats)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    for line in missing(terminalreporter.stats):
        terminalreporter.write_line(line, red=True)


def missing(stats):
    """What COURSE_REQUIRE asks for and the run did not do, as sentences."""
    reports = [report for kind in ("passed", "failed", "skipped") for report in stats.get(kind, ())]
    for mark in REQUIRED:
        asked = [report for report in reports if has(report, mark)]
        skipped = [report for report in asked if report.skipped and not has(report, "needs")]
        if not asked:
            yield f"COURSE_REQUIRE: no test with the mark {mark} ran."
        for report in skipped:
            yield f"COURSE_REQUIRE: skipped, and has the mark {mark}: {report.nodeid}"


def has(report, mark):
    return ["mark", mark] in map(list, report.user_properties)
