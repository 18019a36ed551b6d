from utils.model import timing
from utils.model.timing import duration, shortest


def clock(monkeypatch, ticks):
    """A clock that a call moves by the next of `ticks`; returns the call."""
    now, ahead = [0.0], iter(ticks)
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def call():
        now[0] += next(ahead)

    return call


def test_a_duration_is_the_time_of_one_call(monkeypatch):
    assert duration(clock(monkeypatch, [0.25])) == 0.25


def test_the_shortest_of_at_least_five_calls_is_taken_and_the_first_call_does_not_count(
    monkeypatch,
):
    assert shortest(clock(monkeypatch, [1, 8, 4, 16, 4, 32]), seconds=0) == 4


def test_calls_are_repeated_until_the_time_is_over(monkeypatch):
    assert shortest(clock(monkeypatch, [1, *[4] * 9, 2]), seconds=37) == 2
