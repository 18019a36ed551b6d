"""The lab that the cases answer: seven exercises with so little work that a submission takes well
under a second.

Each has a visible check and a hidden one on fresh inputs, written as those of a real lab: ordinary
asserts, expected values computed from copies made before the student's code is called.
"""

import json
from pathlib import Path

from grader.course.folders import Course
from grader.run.demo import answers_of
from tests.grader.tiny import cell, enter, release_unproved

LAB = "cases"
MANIFEST = """\
[[lab]]
name = "cases"
title = "Cases"
minutes = 5
imports = ["model"]
[lab.exercises]
double = "1"
prune_smallest = "2"
counter = "3"
drop_small = "4"
scores = "5"
steps = "6"
fit_line = "7"
explanation = "8"
"""
# in every hidden region: whoever has read it has read the tests
PELICAN = "# pelican: these lines are not for students"


def answer(name, before, solution):
    indent = solution[: len(solution) - len(solution.lstrip())]
    return cell(
        "code",
        name,
        f"{before}{indent}### BEGIN SOLUTION\n{solution}\n{indent}### END SOLUTION",
        solution=True,
    )


def check(name, points, source):
    return cell("code", f"check_{name}", source.strip(), grade=True, locked=True, points=points)


def hidden(name, points, source):
    text = (
        f'"""{name} on inputs that you have not seen"""\n'
        f"### BEGIN HIDDEN TESTS\n{PELICAN}\n{source.strip()}\n### END HIDDEN TESTS"
    )
    return cell("code", f"hidden_{name}", text, grade=True, locked=True, points=points)


def source_cells():
    return [
        cell("markdown", "intro", "# Cases\n\nSeven exercises and a question.\n"),
        cell(
            "code",
            "setup",
            (
                "import numpy as np\nimport torch\nfrom torch import nn\n\n"
                "from utils.checks.fresh import fresh_generator\nfrom utils.model import mlp"
            ),
            locked=True,
        ),
        *DOUBLE,
        *PRUNE_SMALLEST,
        *COUNTER,
        *DROP_SMALL,
        *SCORES,
        *STEPS,
        *FIT_LINE,
        cell(
            "markdown",
            "explanation",
            "Why is a mask alone no faster?\n\n"
            "### BEGIN SOLUTION\nIt multiplies by zero.\n### END SOLUTION",
            grade=True,
            solution=True,
            points=4,
        ),
    ]


DOUBLE = [
    answer("double", 'def double(x):\n    """Twice the number x."""\n', "    return 2 * x"),
    cell("code", "look", "double(21)"),
    check(
        "double",
        2,
        """
for x in (3, -1.5, 0):
    got = double(x)
    assert got == 2 * x, f"double({x}): expected {2 * x}, got {got}"
""",
    ),
    hidden(
        "double",
        3,
        """
for x in torch.randn(20, generator=fresh_generator()).tolist():
    assert double(x) == 2 * x, "a fresh number: not twice as large"
""",
    ),
]

PRUNE_SMALLEST = [
    answer(
        "prune_smallest",
        '''\
def prune_smallest(tensor, count):
    """Set the `count` entries of smallest |w| to zero, in place.

    Return the mask (1 where an entry stays).
    """
''',
        """\
    mask = torch.ones_like(tensor)
    mask.view(-1)[tensor.abs().flatten().topk(count, largest=False).indices] = 0
    tensor.mul_(mask)
    return mask""",
    ),
    check(
        "prune_smallest",
        2,
        """
weights = torch.tensor([3.0, -1.0, 2.0, -4.0])
mask = prune_smallest(weights, 2)
left = weights.tolist()
assert left == [3, 0, 0, -4], f"2 of [3, -1, 2, -4]: expected [3, 0, 0, -4], got {left}"
assert torch.is_tensor(mask), f"expected a mask, got {mask}"
assert mask.tolist() == [1, 0, 0, 1], f"expected the mask [1, 0, 0, 1], got {mask.tolist()}"
""",
    ),
    hidden(
        "prune_smallest",
        4,
        """
generator = fresh_generator()
for shape, count in (((11,), 3), ((6, 9), 40), ((3, 2, 3), 0)):
    before = torch.randn(shape, generator=generator)
    expected = before.clone()
    expected.view(-1)[before.abs().flatten().argsort()[:count]] = 0
    pruned = before.clone()
    mask = prune_smallest(pruned, count)
    assert torch.equal(pruned, expected), "a fresh tensor: other weights are left than the largest"
    assert mask.shape == expected.shape, "a fresh tensor: the mask has another shape"
    same = torch.equal(mask.float(), (expected != 0).float())
    assert same, "a fresh tensor: the mask does not say what is left"
""",
    ),
]

COUNTER = [
    answer(
        "counter",
        '''\
class Counter:
    """How often each word was added. counts: word -> times"""

''',
        """\
    def __init__(self):
        self.counts = {}

    def add(self, word, times=1):
        if times < 0:
            raise ValueError(f"times must not be negative, got {times}")
        self.counts[word] = self.counts.get(word, 0) + times

    def most(self):
        return max(self.counts, key=self.counts.get)""",
    ),
    check(
        "counter",
        2,
        """
counter = Counter()
counter.add("a")
counter.add("b", 2)
counts = counter.counts
assert counts == {"a": 1, "b": 2}, f"a and twice b: expected {{'a': 1, 'b': 2}}, got {counts}"
assert counter.most() == "b", f"most(): expected 'b', got {counter.most()}"
try:
    counter.add("c", -1)
except ValueError:
    pass
else:
    raise AssertionError("add('c', -1): expected a ValueError, got none")
""",
    ),
    hidden(
        "counter",
        2,
        """
words = [f"word {k}" for k in torch.randint(0, 5, (12,), generator=fresh_generator()).tolist()]
one, two = Counter(), Counter()
for word in words:
    one.add(word)
assert one.counts == {word: words.count(word) for word in words}, "fresh words: not counted right"
assert two.counts == {}, "a second counter does not start at nothing"
""",
    ),
]

DROP_SMALL = [
    answer(
        "drop_small",
        '''\
def drop_small(model, threshold):
    """Set the weights with |w| < threshold to zero, in place, in every parameter with dim() > 1.

    Returns the fraction of zeros in these parameters.
    """
''',
        """\
    zeros = total = 0
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter[parameter.abs() < threshold] = 0
                zeros += int((parameter == 0).sum())
                total += parameter.numel()
    return zeros / total""",
    ),
    check(
        "drop_small",
        2,
        """
network = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
with torch.no_grad():
    network[0].weight.copy_(torch.tensor([[1.0, -0.125], [0.25, -3.0]]))
    network[0].bias.fill_(0.125)
    network[2].weight.copy_(torch.tensor([[0.125, 2.0]]))
fraction = drop_small(network, 0.2)
first, second = network[0].weight.tolist(), network[2].weight.tolist()
large = [[1, 0], [0.25, -3]]
assert first == large, f"threshold 0.2: expected the weights {large}, got {first}"
assert second == [[0, 2]], f"threshold 0.2: expected the weights [[0, 2]], got {second}"
biases = network[0].bias.tolist()
assert biases == [0.125, 0.125], f"expected biases as they were, got {biases}"
assert abs(fraction - 2 / 6) < 1e-6, f"2 of 6 weights are zero: expected {2 / 6}, got {fraction}"
""",
    ),
    hidden(
        "drop_small",
        4,
        """
generator = fresh_generator()
network, twin = mlp(8, 12, 12, 3), mlp(8, 12, 12, 3)
with torch.no_grad():
    for parameter, other in zip(network.parameters(), twin.parameters()):
        parameter.copy_(torch.randn(parameter.shape, generator=generator))
        pruned = torch.where(parameter.abs() < 0.5, 0.0, parameter)
        other.copy_(pruned if parameter.dim() > 1 else parameter)
fraction = drop_small(network, 0.5)
total = sum(p.numel() for p in network.parameters() if p.dim() > 1)
kept = sum(int(torch.count_nonzero(p)) for p in network.parameters() if p.dim() > 1)
pairs = zip(network.parameters(), twin.parameters())
assert all(torch.equal(p, q) for p, q in pairs), "a fresh network: other weights are left"
assert abs(fraction - (1 - kept / total)) < 1e-6, "a fresh network: not the fraction of its zeros"
x = torch.randn(5, 8, generator=generator)
same = torch.allclose(network(x), twin(x))
assert same, "a fresh network: it does not compute what its weights say"
""",
    ),
]

SCORES = [
    answer(
        "scores",
        """\
# Of the weights a = 3, b = -1, c = 2, d = -4 half go. What stays? 1 for yes, 0 for no;
# what is in between earns its share.
scores = None
""",
        'scores = {"a": 1, "b": 0, "c": 0, "d": 1}',
    ),
    check(
        "scores",
        4,
        """
small = scores["b"], scores["c"]
assert small[0] == 0 and small[1] == 0, f"the small ones: expected 0 and 0, got {small}"
2 * scores["a"] + 2 * scores["d"]
""",
    ),
    hidden(
        "scores",
        2,
        """
assert sorted(scores) == ["a", "b", "c", "d"], "not one score for each weight"
assert all(score in (0, 1) for score in scores.values()), "a score that is not 0 or 1"
""",
    ),
]

STEPS = [
    answer(
        "steps",
        '''\
def steps(f, n):
    """The list [f(1), f(2), ..., f(n)]; f is called once for each."""
''',
        "    return [f(k) for k in range(1, n + 1)]",
    ),
    check(
        "steps",
        2,
        """
asked = []

def square(x):
    asked.append(x)
    return x * x

got = steps(square, 4)
assert got == [1, 4, 9, 16], f"steps(square, 4): expected [1, 4, 9, 16], got {got}"
assert asked == [1, 2, 3, 4], f"steps(square, 4): expected calls with 1, 2, 3, 4, got {asked}"
""",
    ),
    hidden(
        "steps",
        2,
        """
values = torch.randint(0, 1000, (10,), generator=fresh_generator()).tolist()

class Table:
    def __call__(self, k):
        return values[k - 1]

    def __iter__(self):
        yield from "an object, as labs hand them over"

    def name(self):
        return "table"

assert steps(Table(), 10) == values, "a fresh function: not its values"
""",
    ),
]

FIT_LINE = [
    answer(
        "fit_line",
        '''\
def fit_line(x, y):
    """Fit y = slope * x + intercept by gradient descent; return (slope, intercept)."""
''',
        """\
    line = torch.zeros(2)
    for _ in range(60):
        line.requires_grad_()
        loss = (line[0] * x + line[1] - y).square().mean()
        line = (line - 0.5 * torch.autograd.grad(loss, line)[0]).detach()
    return line[0].item(), line[1].item()""",
    ),
    check(
        "fit_line",
        2,
        """
x = torch.linspace(-1, 1, 200)
slope, intercept = fit_line(x, 3 * x + 1)
assert abs(slope - 3) < 0.25, f"y = 3x + 1: expected a slope of 3, got {slope}"
assert abs(intercept - 1) < 0.25, f"y = 3x + 1: expected an intercept of 1, got {intercept}"
""",
    ),
    hidden(
        "fit_line",
        3,
        """
generator = fresh_generator()
for _ in range(3):
    a, b = (4 * torch.rand(2, generator=generator) - 2).tolist()
    x = torch.linspace(-1, 1, 200)
    y = a * x + b + 0.3 * torch.randn(200, generator=generator)
    # six standard errors of the least-squares line, and as much room for the noise of the student's
    # own training
    band = 6 * 0.3 / float(x.square().sum().sqrt()) + 0.2
    slope, intercept = fit_line(x, y)
    found, words = [float(slope), float(intercept)], "200 fresh points with noise: not their line"
    np.testing.assert_allclose(found, [a, b], rtol=0, atol=band, err_msg=words)
""",
    ),
]


def source():
    """The lab's source notebook."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    }
    return {"cells": source_cells(), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def make_course(folder):
    """A released course in a new folder."""
    enter(folder, MANIFEST)
    course = Course(Path(folder).resolve())
    course.source(LAB).parent.mkdir(parents=True)
    course.source(LAB).write_text(json.dumps(source(), indent=1), encoding="utf-8")
    release_unproved(course, LAB)
    return course


def right_answers():
    """The reference answers by grade id."""
    return answers_of(source())
