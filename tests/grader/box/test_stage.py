"""A box sees the rooms of `utils` that the lab's answers may import, and its own program."""

import pytest

from grader.box import stage


@pytest.fixture
def staged(tmp_path):
    """staged(room, ...): the paths of the files in a stage with these rooms."""

    def staged(*rooms):
        stage.build(tmp_path, rooms, 1000, "/home")
        return {
            path.relative_to(tmp_path).as_posix()
            for path in tmp_path.rglob("*.py")
            if "__pycache__" not in path.parts
        }

    return staged


def test_only_the_rooms_of_the_lab_are_there(staged):
    there = {path for path in staged("pruning.masks") if path.startswith("utils/")}
    assert there == {
        "utils/__init__.py",
        "utils/wall.py",
        "utils/pruning/__init__.py",
        "utils/pruning/masks.py",
    }


def test_nothing_of_the_checker_is_there(staged):
    assert {path.split("/")[1] for path in staged() if path.startswith("grader/")} == {
        "__init__.py",
        *stage.PROGRAM,
    }
    assert "checker" not in stage.PROGRAM


def test_a_room_that_is_not_there_is_named(staged):
    with pytest.raises(stage.StageError, match="no utils.prunning"):
        staged("prunning")


@pytest.mark.parametrize("room", ["checks", "checks.lab01", "checks.fresh"])
def test_the_checks_never_enter_a_box(staged, room):
    with pytest.raises(stage.StageError, match=f"utils.{room} knows the answers"):
        staged(room)
