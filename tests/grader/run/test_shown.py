"""What a submission showed is written without what only a terminal obeys or what changes."""

from grader.run.shown import clean


def test_the_same_object_is_shown_the_same_in_every_run():
    shown = [{"text": repr(object())}, {"text": repr(object())}]
    assert clean(shown) == [{"text": "<object object at 0x…>"}] * 2


def test_colours_stay_and_what_else_a_terminal_obeys_goes():
    assert clean("\x1b[31mred\x1b[0m \x1b[2J\a\b") == "\x1b[31mred\x1b[0m [2J"


def test_every_text_can_be_written_in_utf_8():
    assert clean({"a\ud800": ["\udfff"]}) == {"a?": ["?"]}
