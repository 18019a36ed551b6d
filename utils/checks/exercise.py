"""An exercise is a table: what is asked, the cases it is asked on, and the mistakes that people
make.

The same table checks an answer, says which mistake gives what the answer gave, and is the list of
wrong answers that the tests run. Expected values are made before the answer runs, from data that it
never gets.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import torch
from torch import nn

from utils.checks import report
from utils.checks.compare import Unfit, alike, copied, replaced, what_changed
from utils.checks.fresh import fresh_generator
from utils.wall import imported_before

COPY = "Work on a copy (`.clone()`, or copy.deepcopy for a network), or make something new."
PUT_BACK = {
    ".grad": "`.backward()` leaves gradients in the network's own parameters: torch.autograd.grad "
    "leaves none.",
    "train or eval mode": "A network that is put in eval mode goes back to the mode it had.",
    "hooks": "A hook that was added is removed at the end, by its handle.",
}
IN_PLACE = (
    "Change the parameters themselves (`p.copy_(...)`, load_state_dict): an optimizer made before "
    "would go on training the old ones."
)
LOOK_FIRST = "Look for what is wrong before the first change."
NOT_RIGHT = "It does not give what the statement asks for."
PATIENCE = 5.0  # seconds: a diagnosis that takes longer is not worth the wait


@dataclass(frozen=True)
class Case:
    """One input. `words`: what is tried, as a student reads it; `arguments`: by name, in order."""

    words: str
    arguments: dict[str, Any]
    raises: type[Exception] | None = None  # the error that a right answer raises
    why: str = ""  # what is said of an answer that fails here, when no mistake is known
    says: str = ""  # a piece of the error's text


def case(words: str, /, **arguments: Any) -> Case:
    return Case(words, arguments)


def refused(
    words: str, error: type[Exception], why: str, says: str = "", /, **arguments: Any
) -> Case:
    """A case that a right answer refuses with this error, before it changes any argument."""
    return Case(words, arguments, error, why, says)


@dataclass
class Outcome:
    """What one call gave: what was returned, the arguments afterwards, or the error; and which
    parameters are others."""

    returned: Any = None
    arguments: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    replaced: list[str] = field(default_factory=list)  # parameters of its networks, by name


Asked = tuple[Case, Outcome]  # a case, and what the right answer gives


class Variant:
    """The right answer with some of its steps changed.

    Two variants that change different steps make a third one: two mistakes in one answer.
    """

    def __init__(self, make: Callable[..., Callable], steps: dict[str, Any]):
        self.make, self.steps, self.answer = make, steps, make(**steps)

    def __call__(self, *arguments: Any) -> Any:
        return self.answer(*arguments)

    def __getattr__(self, name: str) -> Any:  # an answer can be a class
        return getattr(self.answer, name)

    def joined(self, other: Any) -> "Variant | None":
        if not isinstance(other, Variant) or other.make is not self.make:
            return None
        if not self.steps or not other.steps or self.steps.keys() & other.steps.keys():
            return None
        return Variant(self.make, self.steps | other.steps)


def steps(make: Callable[..., Callable]) -> Callable[..., Variant]:
    """Decorator of a function that makes an answer from its steps, all of them right by default."""
    return lambda **changed: Variant(make, changed)


def called(answer: Callable, *arguments: Any) -> Any:
    return answer(*arguments)


def as_returned(outcome: Outcome, case: Case) -> Any:
    return outcome.returned


def written(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, report.short(expected.returned), report.short(got.returned)


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """`check_<name>(answer)` raises CheckFailed unless the answer does on every case what `right`
    does."""

    name: str
    right: Callable
    cases: Callable[[torch.Generator], Iterable[Case]]
    mistakes: Sequence[tuple[str, Callable]]  # (sentence, wrong answer), the more telling first
    facts: str  # what a pass says was looked at
    ask: Callable[..., Any] = called  # (answer, *arguments) -> returned: one call, or a scene
    read: Callable[[Outcome, Case], Any] = as_returned  # what is compared; raises Unfit
    same: Callable[[Any, Any], bool] = alike  # (read of the answer, read of the right one)
    show: Callable[[Case, Outcome, Outcome], tuple[str, str, str]] = written
    hints: Mapping[str, str] = field(default_factory=dict)  # piece of an error's text -> mistake
    changes: Sequence[str] = ()  # the arguments that an answer may change
    part: Callable[[Case], str] = lambda case: "all"  # of the exercise: see `share`
    seconds: float | None = None  # a call may take this long; None: report.SECONDS
    # What no wrong answer can reproduce, such as random draws:
    # (sentence, (case, expected, got) -> bool)
    symptoms: Sequence[tuple[str, Callable[[Case, Outcome, Outcome], bool]]] = ()

    @property
    def check(self) -> str:
        return f"check_{self.name}"

    def __call__(self, answer: Callable) -> None:
        if words := imported_before():
            report.fail(self.check, words)
        if wrong := self.first_wrong(answer, self.asked(self.cases(fresh_generator()))):
            _, *facts = wrong
            report.fail(self.check, *facts)
        report.passed(self.check, self.facts)

    def share(self, answer: Callable) -> float:
        """The share of the exercise's parts that are right, for a cell that earns a part of its
        points; what is wrong with the first other part is printed.

        Raises CheckFailed when no part is right.
        """
        if words := imported_before():
            report.fail(self.check, words)
        asked, parts = self.asked(self.cases(fresh_generator())), {}
        for each in asked:
            parts.setdefault(self.part(each[0]), []).append(each)
        found = {part: self.first_wrong(answer, those, asked) for part, those in parts.items()}
        wrong = {part: each[1:] for part, each in found.items() if each}
        if not wrong:
            report.passed(self.check, self.facts)
            return 1.0
        right = len(parts) - len(wrong)
        try:
            report.fail(self.check, *next(iter(wrong.values())))
        except report.CheckFailed as failed:
            if not right:
                raise
            print(f"{failed}\n{right} of {len(parts)} parts are right, not {', '.join(wrong)}.")
        return right / len(parts)

    def hidden(self, answer: Callable, cases: Iterable[Case]) -> None:
        """Asks other cases, in a cell that students do not see: they are told the words of the
        first that fails and the mistake behind it, without its numbers.

        Raises CheckFailed. A mistake that shows on one of the cases alone is looked for in those of
        the visible check too.
        """
        asked = self.asked(cases)
        seen = self.asked(self.cases(fresh_generator()))
        if wrong := self.first_wrong(answer, asked, seen):
            case, *_, mistake = wrong
            report.fail(f"hidden_{self.name}", case.words, mistake=mistake or NOT_RIGHT)

    def asked(self, cases: Iterable[Case]) -> list[Asked]:
        """The cases with what the right answer gives on each: made before any answer runs."""
        return [(each, self.outcome(self.right, each)) for each in list(cases)]

    def first_wrong(
        self, answer: Callable, asked: Sequence[Asked], more: Sequence[Asked] = ()
    ) -> tuple:
        """(the first case that fails, what was tried, what was expected, what came, the mistake);
        nothing when none does. more: cases that only tell mistakes apart."""
        for each, wanted in asked:
            got = self.outcome(answer, each)
            if got.error and report.is_stub(got.error):
                report.no_answer_yet(self.check, got.error)
            wrong = self.problem(each, wanted, got)
            if wrong:
                *facts, mistake = wrong
                return each, *facts, self.diagnosis(answer, each, got, [*asked, *more]) or mistake
        return ()

    def outcome(self, answer: Callable, case: Case) -> Outcome:
        """Asks an answer once, with copies of the arguments."""
        given = {name: copied(value) for name, value in case.arguments.items()}
        networks = [value for value in given.values() if isinstance(value, nn.Module)]
        before = [(model, dict(model.named_parameters())) for model in networks]
        call = self.ask, answer, *given.values()
        returned, error = report.attempt(*call, seconds=self.seconds)
        others = [name for model, parameters in before for name in replaced(parameters, model)]
        return Outcome(returned, given, error, others)

    def problem(self, case: Case, wanted: Outcome, got: Outcome) -> Sequence[str]:
        """(what was tried, what was expected, what came, the usual mistake); nothing for a right
        outcome."""
        if case.raises:
            return self.not_refused(case, case.raises, got)
        if got.error:
            hint = report.hinted(got.error, self.hints)
            return case.words, "", report.told(got.error), hint or case.why
        for name, value in case.arguments.items():
            if changed := change(name, value, got.arguments[name], name in self.changes):
                return case.words, *changed
        if got.replaced:
            which = ", ".join(got.replaced)
            return case.words, "the network's own parameters", f"new ones: {which}", IN_PLACE
        try:
            value = self.read(got, case)
        except Unfit as unfit:
            return case.words, unfit.expected, unfit.got, unfit.mistake
        if self.same(value, self.read(wanted, case)):
            return ()
        symptom = (words for words, seen in self.symptoms if seen(case, wanted, got))
        return *self.show(case, wanted, got), next(symptom, case.why)

    def not_refused(self, case: Case, error: type[Exception], got: Outcome) -> Sequence[str]:
        """The same of a case that a right answer refuses: with this error, its text, and nothing
        changed."""
        expected = report.a(error) + (f" that contains {case.says}" if case.says else "")
        if not isinstance(got.error, error) or case.says not in str(got.error):
            came = f"no error, but {report.short(got.returned)}"
            return case.words, expected, report.told(got.error) if got.error else came, case.why
        for name, value in case.arguments.items():
            if not unchanged(value, got.arguments[name]):
                expected += " before anything is changed"
                return case.words, expected, f"`{name}` changed first", LOOK_FIRST
        return ()

    def diagnosis(self, answer: Callable, case: Case, got: Outcome, asked: Sequence[Asked]) -> str:
        """The mistake, or the two, that give what the answer gave: here and on other cases where
        they show."""
        if isinstance(got.error, report.StillRunning):
            return ""
        theirs, end = {id(case): got}, time.monotonic() + PATIENCE
        right = next(wanted for each, wanted in asked if each is case)
        for sentence, mistake in self.fitting(case, right, got, end):
            if self.matches(answer, mistake, case, asked, theirs):
                return sentence
        return ""

    def matches(
        self,
        answer: Callable,
        mistake: Callable,
        case: Case,
        asked: Sequence[Asked],
        theirs: dict[int, Outcome],
    ) -> bool:
        """Whether both give the same on the first and the last other case that shows it."""
        for some in (asked, asked[::-1]):
            for other, wanted in some:
                wrong = self.outcome(mistake, other)
                if other is case or not self.problem(other, wanted, wrong):
                    continue
                if id(other) not in theirs:
                    theirs[id(other)] = self.outcome(answer, other)
                if not self.agree(theirs[id(other)], wrong, other):
                    return False
                break
            else:
                return False
        return True

    def fitting(
        self, case: Case, right: Outcome, got: Outcome, end: float
    ) -> Iterator[tuple[str, Callable]]:
        """The mistakes that give this here, then each two that do so together; until `end`."""
        shows, gives = set(), set()
        for words, mistake in self.mistakes:
            if time.monotonic() > end:
                return
            outcome = self.outcome(mistake, case)
            if self.problem(case, right, outcome):
                shows.add(mistake)
                if self.agree(got, outcome, case):
                    gives.add(mistake)
                    yield words, mistake
        for (words, one), (more, other) in combinations(self.mistakes, 2):
            if not ({one, other} <= shows or one in gives or other in gives):
                continue  # one of them changes nothing here, and the other gives something else
            both = one.joined(other) if isinstance(one, Variant) else None
            if both is None:
                continue
            if time.monotonic() > end:
                return
            outcome = self.outcome(both, case)
            if self.agree(got, outcome, case) and self.problem(case, right, outcome):
                yield words if words == more else f"Two things at once. {words} {more}", both

    def agree(self, a: Outcome, b: Outcome, case: Case) -> bool:
        """Whether two outcomes are the same, right or wrong."""
        if a.error or b.error:
            return alike(a.error, b.error)
        (one, misfit), (other, another) = self.fitted(a, case), self.fitted(b, case)
        given = [name for name in case.arguments if name not in self.changes]
        if (
            misfit != another
            or a.replaced != b.replaced
            or not all(alike(a.arguments[name], b.arguments[name], nan=True) for name in given)
        ):
            return False
        if misfit:
            return alike((a.returned, a.arguments), (b.returned, b.arguments), nan=True)
        return self.same(one, other) or alike(one, other, rtol=0, atol=0, nan=True)

    def fitted(self, outcome: Outcome, case: Case) -> tuple[Any, str]:
        """What is compared, and nothing; or None, and why there is nothing to compare."""
        if case.raises:
            return None, "an error was expected"
        try:
            return self.read(outcome, case), ""
        except Unfit as unfit:
            return None, str(unfit)


def change(name: str, before: Any, now: Any, allowed: bool) -> Sequence[str]:
    """Of an argument that is not as it was: what was expected, what came, what to do. Where a
    change is allowed, a network may have other numbers and another mode."""
    if not isinstance(before, nn.Module) or not isinstance(now, nn.Module):
        if allowed or unchanged(before, now):
            return ()
        return f"`{name}` left as it was", f"`{name}` changed", COPY
    may = ("values", ".grad", "train or eval mode") if allowed else ()
    if what := ", ".join(each for each in what_changed(before, now) if each not in may):
        mistake = PUT_BACK.get(what, "" if allowed else COPY)
        return f"`{name}` left as it was", f"`{name}` changed: {what}", mistake
    return ()


def unchanged(before: Any, now: Any) -> bool:
    """Whether an argument is as it was. What is not copied, such as a function, always is."""
    return alike(now, before, rtol=0, atol=0, nan=True)
