"""Runs cells as a notebook does, and keeps what they show, in bounded amounts."""

import io
import subprocess
import sys
from types import TracebackType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

SHOWN = {
    "text/plain": 20_000,
    "text/html": 200_000,
    "text/markdown": 20_000,
    "text/latex": 20_000,
    "image/png": 2_000_000,
    "image/jpeg": 2_000_000,
}  # and how long each may be
ALIVE = (
    "application/vnd.plotly.v1+json",
    "application/vnd.jupyter.widget-view+json",
)  # only that there was one
MOST_TEXT, MOST_OUTPUTS, MOST_DISPLAYED = 100_000, 200, 4_000_000
CUT = "\n[the rest of the output was cut]\n"


class Outputs:
    """The outputs of one cell, in nbformat's form."""

    def __init__(self) -> None:
        self.list, self.text_left, self.displayed_left, self.cut = (
            [],
            MOST_TEXT,
            MOST_DISPLAYED,
            False,
        )

    def stream(self, name: str, text: str) -> None:
        if self.text_left <= 0:
            self.cut = True
            return
        part = text[: self.text_left]
        self.text_left -= len(part)
        if len(part) < len(text):
            part, self.cut = part + CUT, True
        part = part.encode("utf-8", "replace").decode()
        if self.list and self.list[-1].get("name") == name:
            self.list[-1]["text"] += part
        else:
            self.add({"output_type": "stream", "name": name, "text": part})

    def display(self, kind: str, data: Any, **more: Any) -> None:
        """An output other than text. Half an image or half a table is useless, so what is too long
        is left out, except plain text."""
        shown = {mime: data[mime] for mime in SHOWN if isinstance(data.get(mime), str)}
        if len(shown.get("text/plain", "")) > SHOWN["text/plain"]:
            shown["text/plain"] = shown["text/plain"][: SHOWN["text/plain"] - len(CUT)] + CUT
        kept = {mime: text for mime, text in shown.items() if len(text) <= SHOWN[mime]}
        kept.update({mime: {} for mime in ALIVE if mime in data})
        self.displayed_left -= sum(map(len, kept.values()))
        if self.displayed_left < 0:
            self.cut = True
        else:
            self.add({"output_type": kind, "data": kept, "metadata": {}, **more})

    def error(self, name: str, text: str, lines: list[str]) -> None:
        self.add(
            {
                "output_type": "error",
                "ename": name[:200],
                "evalue": text[:4000],
                "traceback": [line[:4000] for line in lines[-30:]],
            }
        )

    def add(self, output: dict[str, Any]) -> None:
        if len(self.list) < MOST_OUTPUTS:
            self.list.append(output)
        else:
            self.cut = True


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of a cell; closing it does nothing."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: "Outputs") -> None:
        self.stream_name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.outputs.stream(self.stream_name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


class Publisher(DisplayPublisher):
    shell: Any

    def publish(self, data: Any, metadata: Any = None, **more: Any) -> None:
        self.shell.outputs.display("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        pass


class Hook(DisplayHook):
    """The last expression of a cell."""

    shell: Any

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, data: Any, metadata: Any = None) -> None:
        self.shell.outputs.display("execute_result", data, execution_count=None)

    def finish_displayhook(self) -> None:
        pass

    def quiet(self) -> bool:
        """Whether the cell ends in a semicolon."""
        return bool(self.semicolon_at_end_of_expression(self.shell.source))


class Shell(InteractiveShell):
    """IPython without a terminal, a history or a kernel."""

    def init_display_pub(self) -> None:
        self.display_pub = Publisher(parent=self, shell=self)
        self.configurables.append(self.display_pub)  # type: ignore[arg-type]

    def init_displayhook(self) -> None:
        super().init_displayhook()
        self.displayhook = Hook(parent=self, shell=self)
        self.display_trap.hook = self.displayhook

    def enable_gui(self, gui: Any = None) -> None:
        """%matplotlib asks for this; there is no window to open."""

    def system(self, command: str) -> None:
        """A line of the system's shell (!ls). IPython's own way needs a terminal, which a box does
        not have."""
        process = subprocess.Popen(
            self.var_expand(command, depth=1),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout
        with process.stdout as output:
            for part in iter(lambda: output.read(4096), ""):
                sys.stdout.write(part)
        self.user_ns["_exit_code"] = process.wait()

    def ask_exit(self) -> None:
        raise SystemExit("exit")

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        kind, error, traceback = super()._get_exc_info(exc_tuple)
        return kind, error, shortened(traceback)

    def _showtraceback(self, kind: Any, error: Any, lines: Any) -> None:
        try:
            text = str(error)
        except Exception:
            text = ""
        name = getattr(kind, "__name__", "Error")
        self.outputs.error(str(name), text, [str(line) for line in lines])

    def run(self, source: str) -> Any:
        """Runs one cell. Returns its Outputs and whether it finished."""
        self.outputs, self.source = Outputs(), source
        sys.stdout, sys.stderr = Stream("stdout", self.outputs), Stream("stderr", self.outputs)
        result = self.run_cell(source, store_history=False)
        outputs, self.outputs = self.outputs, Outputs()
        return outputs, result.success


def shortened(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback without its middle when it is long: to show the thousand frames of an endless
    recursion takes seconds."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    if len(frames) > 40:
        frames[9].tb_next = frames[-20]
    return frames[0] if frames else None


def no_input(prompt: Any = "") -> None:
    raise RuntimeError("input() cannot be used while this notebook is graded")


def nothing_installed(line: str) -> None:
    print("Nothing can be installed while this notebook is graded.", file=sys.stderr)


def make_shell() -> Any:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    shell = Shell.instance(config=config)
    shell.outputs = Outputs()
    shell.builtin_trap.auto_builtins["input"] = no_input
    for name in ("pip", "uv", "conda", "mamba", "micromamba"):
        shell.register_magic_function(nothing_installed, "line", name)  # type: ignore[arg-type]
    return shell
