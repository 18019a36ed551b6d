"""Whether the times in a download are those of the hand-in."""

from datetime import timedelta

from grader.lms.names import Claim
from grader.lms.times import Trust
from tests.grader.lms.downloads import MADE

SOON, LATER = MADE + timedelta(minutes=5), MADE + timedelta(days=1)
LOGIN, CANVAS, MOODLE = Claim("x"), Claim("x", "Canvas"), Claim("x", "Moodle")


def known(*found):
    trust = Trust.of(found)
    return [trust.time(claim, time) for claim, time in found]


def test_times_that_are_spread_are_those_of_the_hand_in():
    assert known((MOODLE, MADE), (MOODLE, LATER)) == [MADE, LATER]


def test_times_within_half_an_hour_are_the_moment_of_the_download():
    assert known((MOODLE, MADE), (MOODLE, SOON)) == [None, None]
    assert known((LOGIN, MADE), (LOGIN, MADE)) == [None, None]
    assert known((MOODLE, MADE)) == [None]


def test_a_single_file_that_no_platform_wrote_has_its_own_time():
    assert known((LOGIN, MADE)) == [MADE]


def test_canvas_never_has_the_time():
    assert known((CANVAS, MADE), (CANVAS, LATER)) == [None, None]


def test_the_platforms_own_word_counts():
    own = Claim("x", "Blackboard", time=LATER)
    assert known((own, MADE), (own, MADE)) == [LATER, LATER]
