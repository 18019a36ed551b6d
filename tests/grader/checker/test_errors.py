"""Exceptions of the answer arrive as built-in ones, whatever describes them."""

import json

import pytest

from grader.checker.errors import OverLimit, ProcessEnded, Stopped, places, raised
from tests.grader.checker.asking import ANSWERS
from tests.grader.checker.boxes import own


@pytest.mark.parametrize(
    "name, given, kind, text",
    [
        ("ValueError", ["no"], ValueError, "no"),
        ("KeyError", ["k"], KeyError, "'k'"),
        ("OSError", [2, "gone"], FileNotFoundError, "[Errno 2] gone"),
        ("ZeroDivisionError", [], ZeroDivisionError, ""),
        ("AssertionError", [], AssertionError, ""),
        ("ExceptionGroup", ["a", [ValueError(1)]], RuntimeError, None),
        ("UnicodeDecodeError", ["utf-8", b"a", 0, 1, "bad"], ValueError, None),
        ("NotImplementedError", [], NotImplementedError, ""),
        ("StopIteration", [3], StopIteration, "3"),
        ("SyntaxError", ["a", ("f", 1, 2, "x")], SyntaxError, None),
        ("ImportError", ["a"], ImportError, "a"),
        ("RecursionError", ["deep"], RecursionError, "deep"),
    ],
)
def test_an_exception_of_the_answer_arrives_as_the_nearest_built_in_one(name, given, kind, text):
    error = raised_by_box(name, given)
    assert isinstance(error, kind) and (text is None or str(error) == text)


def raised_by_box(name, given):
    import builtins

    from grader.box.agent import described

    try:
        raise getattr(builtins, name)(*given)
    except BaseException as error:
        return raised(json.loads(json.dumps(described(error))))


def test_a_class_of_the_students_is_its_built_in_base_with_the_students_name(answers):
    with pytest.raises(KeyError) as caught:
        answers.raises_mine()
    assert type(caught.value).__name__ == "Mine" and "gone" in str(caught.value)


def line_with(text):
    return 1 + ANSWERS[: ANSWERS.index(text)].count("\n")


def test_the_place_in_the_answer_comes_with_its_exception(answers):
    with pytest.raises(ZeroDivisionError) as caught:
        answers.fails()
    first, last = caught.value.student_places
    assert first == last and (last[0], last[2]) == ("fails", line_with("return 1 / 0"))


def test_the_place_of_a_call_comes_with_an_exception_of_the_check_itself(answers):
    with pytest.raises(KeyError) as caught:
        answers.call(own("def f(): raise KeyError('a')").f)
    assert [(place[0], place[2]) for place in caught.value.student_places] == [
        ("call", line_with("def call("))
    ] * 2


@pytest.mark.parametrize(
    "at", [7, [7], [["f", "c", 1]], [["f", "c", "1", "x"]], [["f", 1, 1, "x"]]]
)
def test_a_place_that_is_none_is_left_out(at):
    assert places(at) == []


def test_what_ends_a_program_does_not_end_the_checker(answers):
    for ending in (answers.leaves, answers.interrupts):
        with pytest.raises(Stopped):
            ending()
    assert answers.same(1) == 1


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"kinds": None},
        {"kinds": "ValueError"},
        {"kinds": [[], 5, None, "print", "ValueError"]},
        {"kinds": ["SystemExit"]},
        {"kinds": ["CheckHung"]},
        {"kinds": ["BaseExceptionGroup"]},
        {"kinds": ["ExceptionGroup"], "text": "a"},
        {"kinds": ["UnicodeDecodeError"], "type": "UnicodeDecodeError", "args": ["a"]},
        {"kinds": ["ValueError"], "type": "a b"},
        {"kinds": ["ValueError"], "type": "x" * 10**5, "text": "y" * 10**6},
        {"kinds": ["ValueError"], "type": "\ud800", "text": "\ud800"},
        {"kinds": ["OSError"], "args": [2, "x"], "type": "OSError"},
        {"kinds": ["ValueError"], "line": [10**3000, "x"]},
        {"kinds": ["ValueError"], "line": ["a", 5]},
        {"kinds": ["ValueError"], "text": {"a": [1]}},
        {"kinds": ["KeyError"] * 10**5},
        {"kinds": ["StopAsyncIteration"], "args": [[1]]},
        {"kinds": ["SyntaxError"], "args": ["a", 1, 2, 3], "type": "SyntaxError"},
        {"kinds": ["ValueError"], "args": "abc", "text": "abc"},
    ],
    ids=lambda tree: str(tree)[:50],
)
def test_whatever_describes_an_exception_makes_an_ordinary_one(tree):
    error = raised(tree)
    assert (
        isinstance(error, Exception) and len(str(error)) <= 2000 and len(type(error).__name__) <= 60
    )
    assert not getattr(error, "interrupts", False) and not isinstance(
        error, (OverLimit, ProcessEnded)
    )
