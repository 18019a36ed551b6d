"""Whose file it is, where no roster helps; collect's tests have the roster."""

from grader.lms.names import Claim
from grader.lms.whose import claimed, owner


def test_one_name_like_canvass_among_others_is_not_taken_for_canvass():
    (canvas,), (login,) = claimed([("a_1_2_tiny.ipynb",), ("bob_tiny.ipynb",)], "tiny")
    assert "nothing was guessed" in canvas and login.login == "bob"
    ((alone,),) = claimed([("a_1_2_tiny.ipynb",)], "tiny")
    assert alone.number == "1"


def test_a_number_alone_is_not_a_student():
    assert "without a roster" in owner([Claim("x", number="7")], None)


def test_two_students_of_one_name_stay_two():
    found = [owner([Claim("x", "Moodle", name="Ada", number=n)], None).student for n in "12"]
    assert found == ["Ada_1", "Ada_2"]
