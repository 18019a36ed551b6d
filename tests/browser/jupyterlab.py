"""A real JupyterLab in a real browser, for tests.

Open a notebook, run it, use its sliders, find what went wrong.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from bootstrap.jupyter import jupyter_command

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "lectures",
    "labs",
    "solutions",
    "nbgrader_config.py",
    "course.toml",
)  # a browser saves what it opens
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# --- the server ---------------------------------------------------------------------------------


class Server:
    """A running JupyterLab: where its files are and how to ask it things."""

    def __init__(self, folder, port, token):
        self.folder, self.address, self.token = folder, f"http://127.0.0.1:{port}", token

    def url(self, path, **query):
        """The address of a page or an interface of the server, with the token in it."""
        return f"{self.address}/{path}?{urllib.parse.urlencode({'token': self.token} | query)}"

    def ask(self, path, method="GET"):
        """What an interface of the server answers, as Python objects."""
        with urllib.request.urlopen(
            urllib.request.Request(self.url(path), method=method), timeout=10
        ) as answer:
            return json.loads(answer.read() or "null")


def copy_of_course(folder):
    """A copy of what students and instructors open: no test changes a notebook of the course."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    return folder


@contextlib.contextmanager
def running(folder, instructor=False):
    """JupyterLab on `folder` as course.py starts it, on a free port of this machine only."""
    port, token = free_port(), secrets.token_hex(16)
    arguments = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--IdentityProvider.token={token}",
    ]
    arguments.append("--ServerApp.port_retries=0")
    # A type checker that developers have is no language server here: students have none.
    arguments.append("--LanguageServerManager.autodetect=False")
    argv, env = command(folder, instructor, arguments)
    log = folder / "jupyterlab.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Server(folder, port, token)
            wait_for(lambda: answers(server, process, log), 60, "JupyterLab did not start")
            yield server
        finally:
            stop(process)


def command(folder, instructor, arguments):
    """(argv, environment) that start JupyterLab: what `python3 course.py lab` would run."""
    return jupyter_command(folder, instructor, arguments)


def answers(server, process, log):
    """Whether the server is up; an error if it has ended."""
    if process.poll() is not None:
        raise RuntimeError(f"JupyterLab ended while starting:\n{log.read_text()[-2000:]}")
    with contextlib.suppress(OSError):
        return server.ask("api/status") is not None


def stop(process):
    """End the server and its kernels: they share its process group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds, complaint):
    """Ask until the condition holds, and return what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"{complaint} within {seconds} s")


# --- the browser --------------------------------------------------------------------------------


def find_chromium():
    """The program to drive, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("COURSE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def chromium():
    """Chromium without a window."""
    with playwright() as running:
        browser = running.chromium.launch(executable_path=find_chromium(), args=CHROMIUM)
        yield browser
        browser.close()


RUNNING = []  # this process's Playwright: only one can run at a time, and browsers share it


@contextlib.contextmanager
def playwright():
    """The Playwright that runs in this process already, or a new one."""
    from playwright.sync_api import sync_playwright

    if RUNNING:
        yield RUNNING[0]
        return
    with sync_playwright() as started:
        RUNNING.append(started)
        try:
            yield started
        finally:
            RUNNING.clear()


# --- the page -----------------------------------------------------------------------------------

# What JupyterLab itself says on every page, and why it is no trouble of ours.
KNOWN = (
    "Could not restore the debugger state",  # after a restart of the kernel; no debugger is in use
    "net::ERR_ABORTED",  # the page itself gave the request up: it went on to another address
)


class Troubles(list):
    """What went wrong on a page since it was opened."""

    def __init__(self, page):
        page.on(
            "console",
            lambda message: message.type == "error" and self.note(f"console: {message.text}"),
        )
        page.on("pageerror", lambda error: self.note(f"page error: {error}"))
        page.on(
            "requestfailed", lambda request: self.note(f"failed: {request.url} {request.failure}")
        )
        page.on(
            "response",
            lambda answer: answer.status >= 400 and self.note(f"{answer.status}: {answer.url}"),
        )
        page.on("request", lambda request: self.note_if_outside(request.url))

    def note(self, text):
        if not any(known in text for known in KNOWN):
            self.append(text)

    def note_if_outside(self, url):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.append(f"left this machine: {url}")


def requests_of_sliders(page):
    """A list: "asked" for each request of a slider to Python, "done" for each answer."""
    log = []

    def note(payload, mark, word):
        payload = payload if isinstance(payload, bytes) else payload.encode()
        if mark in payload and b"comm_msg" in payload:
            log.append(word)

    def listen(socket):
        socket.on("framesent", lambda payload: note(payload, b'"content":{"id":', "asked"))
        socket.on("framereceived", lambda payload: note(payload, b'"done":', "done"))

    page.on("websocket", listen)
    return log


def open_notebook(browser, server, path, dark=False):
    """A page that shows the notebook at `path` in JupyterLab.

    `page.troubles` lists what goes wrong on it.
    """
    page = browser.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.troubles = Troubles(page)
    page.slider_requests = requests_of_sliders(page)
    page.server, page.path = server, path
    wait_for(lambda: kernel_state(page) is None, 30, f"an earlier kernel of {path} did not end")
    page.goto(server.url(f"lab/tree/{path}", reset=""))
    page.wait_for_selector(
        ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell", timeout=60_000
    )
    wait_for(lambda: kernel_state(page) == "idle", 60, f"the kernel of {path} did not start")
    if dark:
        menu(page, "Settings", "Theme", "JupyterLab Dark")
    return page


def menu(page, *names):
    """Choose an entry of the menu bar: menu(page, "Run", "Run All Cells")."""
    page.locator(".lm-MenuBar-itemLabel", has_text=exactly(names[0])).click()
    for name in names[1:]:
        page.locator(".lm-Menu-itemLabel", has_text=exactly(name)).last.click()


def exactly(text):
    """A pattern for an entry that says just this, whatever dots or spaces follow."""
    import re

    return re.compile(rf"^\s*{re.escape(text)}[\s.…]*$")


def kernel_state(page):
    """The state of the notebook's kernel: "starting", "busy", "idle", or None without a kernel."""
    for session in page.server.ask("api/sessions"):
        if session["path"] == page.path:
            return session["kernel"]["execution_state"]


def run_all(page, seconds=120):
    """Run every cell and wait until all are done; a cell that failed ends the wait too."""
    menu(page, "Run", "Run All Cells")
    wait_for(lambda: finished(page), seconds, f"{page.path} was not done")
    settle(page)


def finished(page):
    """Whether no cell waits: each code cell with text has its number, or one shows an error."""
    if kernel_state(page) != "idle":  # asked first: a search of the page keeps Chromium busy
        return False
    prompts = page.locator(".jp-CodeCell").evaluate_all(
        """cells => cells.filter(cell => cell.querySelector(".cm-line")?.textContent.trim())
                         .map(cell => cell.querySelector(".jp-InputArea-prompt").textContent)"""
    )
    done = all(any(letter.isdigit() for letter in prompt) for prompt in prompts)
    return done or bool(cell_errors(page))


def cell_errors(page):
    """The errors that cells show, as text. JupyterLab marks them as it marks warnings."""
    texts = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_text_contents()
    return [text for text in texts if "Traceback (most recent call last)" in text]


def settle(page):
    """Wait until no slider's request is under way and the page has drawn what came."""
    page.wait_for_function("!document.querySelector('.course-controls[aria-busy=true]')")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def answer_predictions(page):
    """Choose the first answer of every prediction, as a reader would before going on."""
    for question in page.locator(".course-prediction fieldset").all():
        question.get_by_role("radio").first.check()
    settle(page)


def assert_no_troubles(page):
    """Fail if a cell failed, the page logged an error, or a request failed or left this machine."""
    assert not cell_errors(page), "\n".join(cell_errors(page))
    assert not page.troubles, "\n".join(page.troubles)


def screenshot(page, name, whole=None):
    """Save a picture of the page, or of one element of it, and print where."""
    folder = Path(os.environ.get("COURSE_SCREENSHOTS", ROOT / "build" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    (whole or page).screenshot(path=path)
    print("screenshot:", path)
    return path


def close(page):
    """Close the page and end its kernel, which takes its time while the next page is loading."""
    page.close()
    for session in page.server.ask("api/sessions"):
        if session["path"] == page.path:
            end = threading.Thread(target=end_session, args=(page.server, session["id"]))
            end.daemon = True
            end.start()


def end_session(server, name):
    with contextlib.suppress(OSError):  # a kernel that is just starting again
        server.ask(f"api/sessions/{name}", "DELETE")


# --- the course's widgets -----------------------------------------------------------------------


def explorers(page):
    """Each explorer of the notebook: its controls and its figure."""
    return page.locator(".course-explore").all()


def seen(explorer):
    """(the figure as drawn, the sentence about it); fails if there is an error instead."""
    error = explorer.locator(".course-error").inner_text()
    assert not error, error
    figure = explorer.locator(".js-plotly-plot .main-svg").evaluate_all(
        "all => all.map(svg => svg.innerHTML).join()"
    )
    return figure, explorer.locator(".course-text").inner_text()


def press(page, control, key):
    """Press a key on a control and wait for what follows."""
    control.focus()
    control.press(key)
    settle(page)


def use_every_control(page):
    """Move each slider and each choice by keyboard; fail where figure or sentence stay the same.

    Returns how many there are.
    """
    count = 0
    for explorer in explorers(page):
        explorer.scroll_into_view_if_needed()
        for slider in explorer.get_by_role("slider").all():
            move_slider(page, explorer, slider)
            count += 1
        for group in explorer.get_by_role("group").all():
            choose_each(page, explorer, group)
            count += 1
    return count


def move_slider(page, explorer, slider):
    """The ends of a slider show different figures and sentences; an arrow key moves it a step."""
    name = slider.evaluate("slider => slider.labels[0]?.textContent")
    assert name, "a slider has no label"
    start = slider.input_value()
    press(page, slider, "Home")
    low, value = seen(explorer), slider.input_value()
    press(page, slider, "ArrowRight")
    assert slider.input_value() != value, f"ArrowRight does not move the slider '{name}'"
    press(page, slider, "End")
    high = seen(explorer)
    assert low[0] != high[0], f"the figure is the same at both ends of '{name}'"
    assert low[1] != high[1], f"the sentence is the same at both ends of '{name}': {low[1]}"
    slider.fill(start)
    settle(page)


def choose_each(page, explorer, group):
    """Each choice of a group shows another figure than the one before.

    At the end the first one is chosen again.
    """
    name, radios = group.locator("legend").inner_text(), group.get_by_role("radio").all()
    start = next(number for number, radio in enumerate(radios) if radio.is_checked())
    before = seen(explorer)
    for number in [*range(start + 1, len(radios)), *range(start + 1)]:
        press(page, radios[(number - 1) % len(radios)], "ArrowRight")
        assert radios[number].is_checked(), f"ArrowRight does not move on in '{name}'"
        after = seen(explorer)
        assert after != before, f"nothing changed with choice {number} of '{name}'"
        before = after


# --- nbgrader -----------------------------------------------------------------------------------


def validate(page):
    """Press nbgrader's Validate on the open notebook.

    Returns (all that its dialog says, [(source, message) of a failed cell]).
    """
    page.get_by_role("button", name="Validate").first.click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=120_000)
    text, parts = dialog.inner_text(), dialog.locator("pre").all_inner_texts()
    dialog.get_by_role("button").last.click()
    dialog.wait_for(state="detached")
    return text, list(zip(parts[::2], parts[1::2], strict=True))


def instructors_tools(page):
    """The names of nbgrader's tools for instructors in the menu bar and the sidebars."""
    names = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    names += page.locator(".jp-SideBar .lm-TabBar-tab").evaluate_all(
        "all => all.map(tab => tab.title)"
    )
    return [name for name in names if "nbgrader" in name.lower()]


def open_formgrader(browser, server, path):
    """Formgrader as an instructor opens it, from the menu.

    Returns (the page, formgrader's frame in it).
    """
    page = open_notebook(browser, server, path)
    menu(page, "Nbgrader", "Formgrader")
    frame = page.wait_for_selector("iframe[src*=formgrader]").content_frame()
    frame.wait_for_load_state("networkidle")
    return page, frame
