"""What an exercise does with its table, on a toy one: double the numbers of a list-like tensor."""

import dataclasses

import pytest
import torch

from utils.checks.compare import Unfit, alike
from utils.checks.exercise import Case, Exercise, case, refused, steps
from utils.checks.report import CheckFailed


@steps
def double_with(factor=lambda x: 2 * x, sign=lambda x: x, shift=0.0):
    return lambda x: sign(factor(x)) + shift


def cases(generator):
    yield case("[1, -2]", x=torch.tensor([1.0, -2.0]))
    yield case("[3]", x=torch.tensor([3.0]))
    yield case("random numbers", x=torch.randn(5, generator=generator))


MISTAKES = [
    ("Squared, not doubled.", double_with(factor=torch.square)),
    ("The sign is lost.", double_with(sign=torch.abs)),
    ("One too many.", double_with(shift=1.0)),
    ("Only [1, -2] is right.", lambda x: 2 * x if len(x) == 2 else x),
]
DOUBLE = Exercise(
    name="double", right=double_with(), cases=cases, mistakes=MISTAKES, facts="three tensors"
)


def verdict(answer, exercise=DOUBLE):
    with pytest.raises(CheckFailed) as failed:
        exercise(answer)
    return str(failed.value)


def test_a_right_answer_in_another_form_is_accepted(capsys):
    DOUBLE(lambda x: x + x)
    assert capsys.readouterr().out == "✓ check_double: right (three tensors)\n"


def test_the_smallest_failing_case_is_shown_with_the_mistake():
    told = verdict(lambda x: x**2)
    assert told.startswith("check_double: [1, -2]\n  expected  tensor([ 2., -4.])")
    assert told.endswith("Squared, not doubled.")


def test_two_mistakes_at_once_are_both_named():
    assert "Two things at once. The sign is lost. One too many." in verdict(
        lambda x: 2 * x.abs() + 1
    )


def test_two_mistakes_of_which_one_shows_later_are_both_named():
    """The first case has no positive number: only the shift shows there."""

    def later(generator):
        return [case(f"{x}", x=torch.tensor([float(x)])) for x in (-3, 2, 4)]

    positive = double_with(factor=lambda x: torch.where(x > 0, 3 * x, 2 * x))
    mistakes = [("One too many.", double_with(shift=1.0)), ("Three times.", positive)]
    exercise = Exercise(
        name="double", right=double_with(), cases=later, mistakes=mistakes, facts="three numbers"
    )
    told = verdict(lambda x: torch.where(x > 0, 3 * x, 2 * x) + 1, exercise)
    assert told.endswith("Two things at once. One too many. Three times.")


def test_a_mistake_that_fits_one_case_alone_is_not_named():
    """[1, -2] is squared and the others are not doubled: no sentence explains both."""
    told = verdict(lambda x: x**2 if len(x) == 2 else x)
    assert "Squared" not in told


def test_a_changed_argument_is_seen():
    assert "`x` changed" in verdict(lambda x: x.mul_(2))


def test_a_parameter_in_place_of_another_is_seen_where_the_network_may_change_too():
    def doubles(model):
        with torch.no_grad():
            model.weight.mul_(2)

    def replaces(model):
        model.weight = torch.nn.Parameter(2 * model.weight.detach())

    exercise = Exercise(
        name="doubles",
        right=doubles,
        cases=lambda _: [case("a layer", model=torch.nn.Linear(2, 3))],
        mistakes=(),
        facts="",
        read=lambda outcome, case: outcome.arguments["model"],
        changes=("model",),
    )
    exercise(doubles)
    assert "got       new ones: weight" in verdict(replaces, exercise)

    def freezes(model):
        doubles(model)
        model.requires_grad_(False)

    assert "`model` changed: requires_grad" in verdict(freezes, exercise)


def test_what_of_a_network_is_not_as_it_was_is_said():
    exercise = Exercise(
        name="total",
        right=lambda model: sum(p.detach().sum() for p in model.parameters()),
        cases=lambda _: [case("a layer", model=torch.nn.Linear(2, 3))],
        mistakes=(),
        facts="",
    )

    def after(change):
        def answer(model):
            change(model)
            return exercise.right(model)

        return verdict(answer, exercise)

    assert "`model` changed: .grad\n`.backward()` leaves" in after(
        lambda model: model(torch.ones(1, 2)).sum().backward()
    )
    assert "`model` changed: train or eval mode\nA network that" in after(lambda m: m.eval())
    assert "`model` changed: values, dtype\nWork on a copy" in after(lambda m: m.half())


def test_nan_is_never_right():
    assert "nan" in verdict(lambda x: x * float("nan"))


def test_expected_values_do_not_depend_on_what_an_answer_does_to_its_arguments():
    def spoils(x):
        x.zero_()
        return torch.zeros_like(x)

    assert verdict(spoils)


def test_a_case_that_must_be_refused():
    only = [refused("a text", ValueError, "Say what is wrong.", x="a")]
    picky = Exercise(
        name="picky", right=double_with(), cases=lambda _: only, mistakes=(), facts="a text"
    )

    def refuses(x):
        raise ValueError(x)

    picky(refuses)
    told = verdict(lambda x: x, picky)
    assert "expected  a ValueError" in told and told.endswith("Say what is wrong.")


def test_what_should_have_been_refused_is_not_read():
    texts = [refused(f"the text {x}", ValueError, "Say what is wrong.", x=x) for x in "ab"]
    lenient = dataclasses.replace(
        DOUBLE,
        cases=lambda _: texts,
        mistakes=[("It doubles a text too.", lambda x: 2 * x)],
        read=lambda outcome, case: outcome.returned.shape,
    )
    assert verdict(lambda x: x + x, lenient).endswith("It doubles a text too.")


def test_an_answer_that_never_ends_is_stopped():
    patient = Exercise(
        name="patient",
        right=double_with(),
        cases=cases,
        mistakes=(),
        facts="",
        seconds=0.1,
        hints={"still running": "There is a formula."},
    )

    def never(x):
        while True:
            pass

    assert verdict(never, patient).endswith("still running after 0.1 seconds\nThere is a formula.")


def test_a_case_says_why_it_matters_when_no_mistake_is_known():
    only = [Case("an empty tensor", {"x": torch.zeros(0)}, why="Twice nothing is nothing.")]
    empty = Exercise(
        name="empty", right=double_with(), cases=lambda _: only, mistakes=(), facts="no number"
    )
    for answer in (lambda x: x[0], lambda x: torch.ones(1)):
        assert verdict(answer, empty).endswith("Twice nothing is nothing.")


def test_a_value_that_fits_is_not_named_after_one_that_does_not():
    """Both give 2 x. The mistake is refused for how; the answer is wrong by a little."""

    def read(outcome, case):
        if outcome.arguments["x"].requires_grad:
            raise Unfit("x left as it was", "x.requires_grad = True")
        return outcome.returned

    careful = Exercise(
        name="careful",
        right=double_with(),
        cases=cases,
        mistakes=[("A new tensor is needed.", lambda x: 2 * x.requires_grad_())],
        facts="",
        read=read,
        same=lambda a, b: alike(a, b, rtol=0, atol=0),
    )
    assert verdict(lambda x: 2 * x.requires_grad_(), careful).endswith("A new tensor is needed.")
    assert "A new tensor" not in verdict(lambda x: 2 * x * (1 + 1e-6), careful)


def test_a_refusal_names_what_is_wrong_and_changes_nothing():
    only = [refused("a gap", KeyError, "Look first.", "gap", x=torch.ones(1))]
    picky = Exercise(
        name="picky", right=max, cases=lambda _: only, mistakes=(), facts="", changes=("x",)
    )

    def refuses(x, text="gap", change=0):
        x.add_(change)
        raise KeyError(text)

    picky(refuses)
    assert "expected  a KeyError that contains gap" in verdict(lambda x: refuses(x, ""), picky)
    assert "`x` changed first\nLook for" in verdict(lambda x: refuses(x, change=1), picky)


def test_two_answers_agree_when_what_is_read_of_a_changed_argument_agrees():
    """Of two ones either may be doubled: what is left of the sum says which mistake it is."""
    exercise = Exercise(
        name="twice",
        right=lambda x: x.view(-1)[:1].mul_(2),
        cases=lambda _: [case("ones", x=torch.ones(2)), case("more", x=torch.ones(3))],
        mistakes=[("Tripled.", lambda x: x.view(-1)[:1].mul_(3))],
        facts="",
        read=lambda outcome, case: outcome.arguments["x"].sum(),
        changes=("x",),
    )
    exercise(lambda x: x.view(-1)[1:2].mul_(2))
    assert verdict(lambda x: x.view(-1)[1:2].mul_(3), exercise).endswith("Tripled.")


def test_an_answer_can_be_a_class_and_a_mistake_too():
    @steps
    def counter(step=1):
        class Counter:
            def __init__(self, x):
                self.x = x

            @staticmethod
            def next(x):
                return x + step

        return Counter

    exercise = Exercise(
        name="counter",
        right=counter(),
        cases=lambda _: [case("1", x=1), case("5", x=5)],
        mistakes=[("Two at a time.", counter(step=2))],
        facts="",
        ask=lambda answer, x: answer.next(answer(x).x),
    )
    assert verdict(counter(step=2).answer, exercise).endswith("Two at a time.")


def test_a_mistake_that_is_right_on_the_failing_case_is_not_named():
    """Where only the type is wrong, the numbers of a mistake that shows elsewhere are the same."""
    inputs = [case(f"[{x}]", x=torch.tensor([x])) for x in (3.0, -1.0, -2.0)]
    typed = dataclasses.replace(
        DOUBLE,
        cases=lambda _: inputs,
        read=lambda outcome, case: (outcome.returned, str(outcome.returned.dtype)),
    )
    assert "The sign is lost." in verdict(lambda x: 2 * x.abs(), typed)
    assert "The sign is lost." not in verdict(lambda x: (2 * x.abs()).long(), typed)


def test_a_mistake_is_named_only_where_the_first_and_the_last_case_agree():
    """[1, -2] and [3] are squared, the random numbers are doubled."""
    told = verdict(lambda x: x**2 if len(x) < 3 else 2 * x)
    assert "Squared" not in told


def test_an_error_that_never_comes_is_waited_for_no_longer_than_an_answer():
    only = [refused("a text", ValueError, "Say what is wrong.", x="a")]
    patient = Exercise(
        name="patient",
        right=double_with(),
        cases=lambda _: only,
        mistakes=(),
        facts="",
        seconds=0.1,
    )

    def never(x):
        while True:
            pass

    told = verdict(never, patient)
    assert "expected  a ValueError\n  got       still running after 0.1 seconds" in told


def hidden_verdict(answer, cases, exercise=DOUBLE):
    with pytest.raises(CheckFailed) as failed:
        exercise.hidden(answer, cases)
    return str(failed.value)


ZERO_AND_ONE = (("zero", 0.0), ("one", 1.0))


def other_cases():
    return [case(words, x=torch.tensor([value])) for words, value in ZERO_AND_ONE]


def test_hidden_cases_are_asked_and_a_right_answer_passes_them_in_silence(capsys):
    DOUBLE.hidden(lambda x: x + x, other_cases())
    assert capsys.readouterr().out == ""


def test_a_hidden_case_that_fails_is_told_in_words_with_its_mistake_and_without_its_numbers():
    """x + 1 is right for one; the mistake that fits both hidden cases is named."""
    told = hidden_verdict(lambda x: 2 * x + 1, other_cases())
    assert told == "hidden_double: zero\nOne too many."


def test_a_hidden_case_can_be_the_only_one_that_an_answer_fails():
    by_heart = {(1.0, -2.0), (3.0,)}
    told = hidden_verdict(
        lambda x: 2 * x if tuple(x.tolist()) in by_heart or len(x) == 5 else x, other_cases()
    )
    assert told.startswith("hidden_double: one\nIt does not give")


def test_a_mistake_that_one_hidden_case_shows_is_looked_for_in_the_visible_ones():
    told = hidden_verdict(torch.square, other_cases()[1:])
    assert told == "hidden_double: one\nSquared, not doubled."


def sign_of(given):
    return "negative numbers" if given.arguments["x"].min() < 0 else "others"


IN_PARTS = dataclasses.replace(DOUBLE, part=sign_of)


def test_a_right_part_earns_its_share_and_the_other_is_told(capsys):
    assert IN_PARTS.share(lambda x: 2 * x.abs()) == 0.5
    told = capsys.readouterr().out
    assert told.endswith("1 of 2 parts are right, not negative numbers.\n")
    assert "expected" in told


def test_all_parts_earn_all_and_none_is_a_failed_check():
    assert IN_PARTS.share(DOUBLE.right) == 1
    with pytest.raises(CheckFailed):
        IN_PARTS.share(lambda x: x + 100)
