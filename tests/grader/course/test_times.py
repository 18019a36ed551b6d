"""A time is meant in the local time, unless it says otherwise."""

import time
from datetime import UTC, datetime

import pytest

from grader.course.folders import GradingError
from grader.course.times import local, moment


@pytest.mark.parametrize(
    "text, hour",
    [
        ("2026-11-03 23:59 +0900", 14),
        ("2026-11-03 23:59+09:00", 14),
        ("2026-11-03T23:59:00+0900", 14),
        ("2026-11-03 23:59 Europe/Zurich", 22),
        ("2026-07-03 23:59 Europe/Zurich", 21),
        ("2026-11-03 23:59 UTC", 23),
        ("2026-11-03 23:59Z", 23),
        ("2026-11-03 9:59 UTC", 9),
    ],
)
def test_an_offset_or_a_place_is_understood(text, hour):
    assert moment(text).hour == hour and moment(text).tzinfo is UTC


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone can be set on Unix alone")
def test_without_one_the_local_time_is_meant_and_shown(monkeypatch):
    monkeypatch.setenv("TZ", "XYZ-5:30")
    time.tzset()
    try:
        found = moment("2026-11-03 23:59")
        assert found == datetime(2026, 11, 3, 18, 29, tzinfo=UTC)
        assert local(found) == local(found.replace(tzinfo=None)) == "2026-11-03 23:59 +0530"
        assert moment("2026-11-03 23:59", UTC).hour == 23
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-11-03", "3.11.2026 23:59", "2026-13-03 23:59", "2026-11-03 23:59 Mars"],
)
def test_what_is_not_a_time_is_refused(text):
    with pytest.raises(GradingError, match="is not a"):
        moment(text)
