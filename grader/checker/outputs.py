"""What a student's cell showed, in nbformat's form, whatever came over the wire."""

import json
import re
from typing import Any

MOST_OUTPUTS = 250  # of a cell
MOST_SHOWN = 5_000_000  # characters of a cell's outputs
MOST_SHOWN_BY_ALL = 30_000_000  # characters of all cells' outputs
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
IMAGES = ("image/png", "image/jpeg")
ALIVE = ("application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")

Output = dict[str, Any]


class Outputs:
    """Keeps as much of what the cells of a notebook showed as there is room for."""

    def __init__(self) -> None:
        self.room = MOST_SHOWN_BY_ALL

    def fitting(self, outputs: list[Output]) -> list[Output]:
        """As many of the outputs of a cell as there is room for."""
        kept, left = [], min(MOST_SHOWN, self.room)
        for output in outputs[:MOST_OUTPUTS]:
            left -= len(json.dumps(output))
            if left < 0:
                break
            self.room -= len(json.dumps(output))
            kept.append(output)
        return kept


def error_output(name: str, text: str) -> Output:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}


def validated(output: Any) -> Output | None:
    """An output of a cell in nbformat's form, whatever came; None for anything else."""
    if not isinstance(output, dict):
        return None
    kind, data = text(output.get("output_type"), 20), output.get("data")
    if kind == "stream":
        name = "stderr" if text(output.get("name"), 20) == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": text(output.get("text"), 200_000)}
    if kind == "error":
        lines = output.get("traceback")
        lines = lines if isinstance(lines, list) else []
        return {
            "output_type": kind,
            "ename": text(output.get("ename"), 200),
            "evalue": text(output.get("evalue"), 4000),
            "traceback": [text(line, 4000) for line in lines[:60]],
        }
    if kind in ("display_data", "execute_result") and isinstance(data, dict):
        kept = {mime: data[mime] for mime in TEXTS if type(data.get(mime)) is str}
        kept.update(
            {
                mime: data[mime]
                for mime in IMAGES
                if type(data.get(mime)) is str and BASE64.fullmatch(data[mime])
            }
        )
        kept.update({mime: {} for mime in ALIVE if mime in data})
        return {
            "output_type": kind,
            "data": kept,
            "metadata": {},
            **({"execution_count": None} if kind == "execute_result" else {}),
        }
    return None


def text(value: Any, most: int) -> str:
    return value[:most] if type(value) is str else ""
