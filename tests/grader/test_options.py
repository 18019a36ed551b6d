"""What is typed after a command is refused before anything runs, where it cannot be meant."""

import pytest

from grader.options import parser


@pytest.mark.parametrize("option", ["--jobs", "--time-limit", "--cell-limit", "--memory-limit"])
@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_a_limit_is_a_whole_number_above_0(capsys, option, number):
    with pytest.raises(SystemExit):
        parser().parse_args(["grade", "lab", f"{option}={number}"])
    assert option in capsys.readouterr().err


def test_files_to_fill_can_be_several():
    options = parser().parse_args(["grade", "lab", "--fill", "a.csv", "--fill", "b.csv"])
    assert [path.name for path in options.fill] == ["a.csv", "b.csv"]
