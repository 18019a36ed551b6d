import pytest
import torch
from torch import nn

from utils.model import digits, evaluate, loaders, mlp, prunable, train
from utils.pruning import apply_masks, supermask_scores
from utils.pruning.supermask import CRITERIA, MaskedLinear, learned_masks, with_learned_masks

INITIAL, FINAL = torch.tensor([1.0, -2, 0.5, -0.5, 0, 3]), torch.tensor([2.0, 1, -0.25, -1, 4, 0])


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("large_final", [2, 1, 0.25, 1, 4, 0]),
        ("large_initial", [1, 2, 0.5, 0.5, 0, 3]),
        ("magnitude_increase", [1, -1, -0.25, 0.5, 4, -3]),
        ("movement", [1, 3, 0.75, 0.5, 4, 3]),
        ("large_final_same_sign", [2, 0, 0, 1, 0, 0]),
    ],
)
def test_each_criterion_by_hand(criterion, expected):
    assert supermask_scores({"w": INITIAL}, {"w": FINAL}, criterion)["w"].tolist() == expected


def test_same_sign_is_the_formula_where_it_is_defined():
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 50, generator=generator)
    assert torch.allclose(
        CRITERIA["large_final_same_sign"](a, b), torch.clamp(a * b / a.abs(), min=0)
    )


def test_an_unknown_criterion_is_refused():
    with pytest.raises(ValueError, match="large_final"):
        supermask_scores({"w": INITIAL}, {"w": FINAL}, "largest")


def test_a_masked_layer_answers_with_its_mask_and_only_its_scores_can_be_trained():
    torch.manual_seed(0)
    layer = nn.Linear(4, 3)
    masked = MaskedLinear(layer).eval()
    x = torch.randn(5, 4)
    assert torch.equal(masked(x), layer(x)) and [name for name, _ in masked.named_parameters()] == [
        "scores"
    ]
    with torch.no_grad():
        masked.scores[1] = -1
    assert torch.allclose(masked(x)[:, 1], layer.bias[1].expand(5)) and masked.mask().tolist() == [
        [1] * 4,
        [0] * 4,
        [1] * 4,
    ]


def test_in_training_the_mask_is_drawn_with_its_probability_and_its_gradient_is_that_of_the_mask():
    layer = nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.fill_(1), layer.bias.zero_()
    masked = MaskedLinear(layer, start=0.5)
    torch.manual_seed(0)
    outputs = torch.cat([masked(torch.eye(2)) for _ in range(2000)])
    assert set(outputs.detach().round(decimals=4).flatten().tolist()) == {0.0, 1.0}
    assert float(outputs.detach().mean()) == pytest.approx(
        float(torch.sigmoid(torch.tensor(0.5))), abs=0.03
    )
    masked.zero_grad()
    masked(torch.tensor([[3.0, 5.0]])).sum().backward()  # d out / d m = w x; d m / d s = sigmoid'
    slope = float(torch.sigmoid(torch.tensor(0.5)) * torch.sigmoid(torch.tensor(-0.5)))
    assert masked.scores.grad.tolist() == [[pytest.approx(3 * slope), pytest.approx(5 * slope)]]


def test_learned_masks_make_untrained_weights_answer():
    torch.manual_seed(0)
    network, dataloader = mlp(64, 100, 10, seed=0), loaders(digits())
    before = {name: w.clone() for name, w in prunable(network).items()}
    masked = with_learned_masks(network)
    optimizer = torch.optim.Adam(masked.parameters(), lr=0.05)
    for _ in range(10):
        train(masked, dataloader["train"], nn.functional.cross_entropy, optimizer)
    untrained = evaluate(network, dataloader["test"])
    apply_masks(network, learned_masks(network, masked))
    assert all(torch.equal(w, before[name] * (w != 0)) for name, w in prunable(network).items())
    assert (
        evaluate(network, dataloader["test"])
        == evaluate(masked, dataloader["test"])
        > max(untrained, 10) + 50
    )


def test_a_layer_without_biases_can_be_masked():
    layer = nn.Linear(3, 2, bias=False)
    masked, x = MaskedLinear(layer).eval(), torch.randn(4, 3)
    assert torch.equal(masked(x), layer(x))
