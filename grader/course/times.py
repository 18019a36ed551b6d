"""Dates and times that people write, and in which time they meant them."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from grader.course.folders import GradingError

FORM = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d?:\d\d(:\d\d(\.\d+)?)?) ?(?P<zone>.*)"
)
OFFSET = re.compile(r"[+-]\d\d:?\d\d")


def moment(text: str, zone: tzinfo | None = None) -> datetime:
    """A time as people write it, in UTC: "2026-11-03 23:59", and behind it "+0900", "UTC" or
    "Europe/Zurich". GradingError for anything else.

    zone: what is meant where the text does not say; None for the local time of this machine.
    """
    found = FORM.fullmatch(text.strip())
    if not found:
        raise GradingError(
            f'{text!r} is not a date and a time: write it like "2026-11-03 23:59", and behind it '
            "+0900 or Europe/Zurich if it is not meant in the local time."
        )
    time = found["time"] if found["time"][1:2] != ":" else f"0{found['time']}"
    said = found["zone"]
    try:
        if said in ("", "Z", "UTC", "GMT") or OFFSET.fullmatch(said):
            offset = {"GMT": "Z", "UTC": "Z"}.get(said, said)
            parsed = datetime.fromisoformat(f"{found['date']}T{time}{offset}")
            there = parsed if parsed.tzinfo or zone is None else parsed.replace(tzinfo=zone)
        else:
            there = datetime.fromisoformat(f"{found['date']}T{time}").replace(tzinfo=ZoneInfo(said))
    except (ValueError, OSError, KeyError) as error:
        raise GradingError(f"{text!r} is not a time that can be: {error}.") from None
    return there.astimezone(UTC)


def local(time: datetime) -> str:
    """A time in the local time of this machine, with its offset. time: without an offset in UTC, as
    in nbgrader's gradebook."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return f"{aware.astimezone():%Y-%m-%d %H:%M %z}"
