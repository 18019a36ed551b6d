"""What the controls are made of."""

import pytest

from utils.widgets.controls import round_step, specify, start_values, typed


def test_without_defaults_it_starts_at_the_low_end_and_the_first_choice():
    assert start_values(lambda k, kind: None, {"k": (2, 5), "kind": ["a", "b"]}) == {
        "k": 2,
        "kind": "a",
    }


def test_integers_stay_integers_and_numbers_fall_on_the_steps():
    specs = [specify("k", (1, 9), 1), specify("x", (0, 1, 0.05), 0.0)]
    values = typed(specs, {"k": 4.0, "x": 0.3000001})
    assert values == {"k": 4, "x": 0.3}
    assert isinstance(values["k"], int)


def test_a_range_from_0_to_1_is_not_whole_for_a_sparsity_or_a_fractional_start():
    assert specify("sparsity", (0, 1), 0)["step"] == 0.01
    assert specify("momentum", (0, 1), 0.5)["step"] == 0.02
    assert specify("layer", (0, 1), 0)["step"] == 1


def test_a_value_outside_its_range_is_brought_back():
    assert typed([specify("x", (0.1, 0.95), 0.1)], {"x": 7.0}) == {"x": 0.95}


@pytest.mark.parametrize(
    ("span", "step"), [(0.95, 0.01), (1, 0.02), (5, 0.1), (3, 0.05), (100, 2), (0.001, 0.00002)]
)
def test_steps_are_round_numbers(span, step):
    assert round_step(span / 50) == step


def test_sparsities_are_shown_in_percent_and_other_fractions_are_not():
    assert specify("final_sparsity", (0, 1), 0)["percent"]
    assert not specify("learning_rate", (0, 1), 0)["percent"]


def test_labels_are_the_names_with_spaces_unless_given():
    assert specify("keep_top", (0, 1), 0)["label"] == "keep top"
    assert specify("keep_top", (0, 1), 0, {"keep_top": "weights kept"})["label"] == "weights kept"


@pytest.mark.parametrize("wrong", [(1,), (1, 2, 3, 4), (0, "a"), [1, 2, "x"]])
def test_a_range_that_is_none_is_refused_in_one_sentence(wrong):
    with pytest.raises(ValueError, match="a range is"):
        specify("x", wrong, 0)
