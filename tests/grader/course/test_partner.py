"""A process that answers lines: it is named why it does not, and never waited for without end."""

import sys

import pytest

from grader.course.partner import NoAnswer, Partner

ECHO = """
import json, os, sys, time
for line in sys.stdin:
    exec(json.loads(line)["do"])
    print(json.dumps({"seen": os.environ.get("SEEN")}), flush=True)
"""


@pytest.fixture
def partner(tmp_path, monkeypatch):
    (tmp_path / "echoing.py").write_text(ECHO)
    monkeypatch.setattr("grader.course.partner.HOME", tmp_path)
    monkeypatch.setenv("SEEN", "from outside")
    made = []

    def start(**variables):
        made.append(Partner("echoing", **variables))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_each_line_is_answered_by_the_same_process(partner):
    one = partner()
    assert [one.ask({"do": ""}, 60), one.ask({"do": ""}, 60)] == [{"seen": "from outside"}] * 2


def test_a_variable_is_set_or_taken_away(partner):
    assert partner(SEEN="inside").ask({"do": ""}, 60) == {"seen": "inside"}
    assert partner(SEEN=None).ask({"do": ""}, 60) == {"seen": None}


@pytest.mark.parametrize(
    "do, seconds, why",
    [
        ("time.sleep(600)", 0.5, "it took over 0.5 s"),
        ("os.abort()", 60, "it was ended by SIGABRT"),
        ("sys.exit('the reason')", 60, "the reason"),
        ("os._exit(1)", 60, "it printed no message"),
        ("print('{', end='', flush=True); os._exit(1)", 60, "it printed no message"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals have no names there")
def test_without_an_answer_the_reason_is_named(partner, do, seconds, why):
    with pytest.raises(NoAnswer, match=why):
        partner().ask({"do": do}, seconds)
