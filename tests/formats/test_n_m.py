import itertools

import pytest
import torch
from torch import nn
from torch.ao.pruning import WeightNormSparsifier

from utils.formats import pack_2_4, prune_n_m, unpack_2_4


def random(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_2_4_is_torchs():
    layer = nn.Linear(32, 6)
    oracle = WeightNormSparsifier(sparsity_level=1.0, sparse_block_shape=(1, 4), zeros_per_block=2)
    oracle.prepare(nn.Sequential(layer), [{"tensor_fqn": "0.weight"}])
    oracle.step()
    assert torch.equal(
        prune_n_m(layer.parametrizations.weight.original.detach()),
        layer.parametrizations.weight[0].mask.float(),
    )


@pytest.mark.parametrize(("n", "m"), [(0, 4), (1, 2), (1, 4), (2, 4), (4, 8), (3, 3)])
def test_exactly_n_of_m_are_kept_and_no_larger_one_goes(n, m):
    weight = random(5, 3, 24)
    weight[0, 0] = 1.0  # ties
    mask = prune_n_m(weight, n, m).unflatten(-1, (-1, m))
    sizes = weight.abs().unflatten(-1, (-1, m))
    assert (mask.sum(-1) == n).all()
    assert torch.equal((sizes * mask).sum(-1), sizes.topk(n).values.sum(-1)) or torch.allclose(
        (sizes * mask).sum(-1), sizes.topk(n).values.sum(-1)
    )


@pytest.mark.parametrize("shape", [(0, 8), (1, 8), (6, 32), (3, 0)])
def test_a_pruned_matrix_comes_back(shape):
    weight = random(*shape)
    pruned = weight * prune_n_m(weight)
    values, metadata = pack_2_4(pruned)
    assert (
        values.shape == (shape[0], shape[1] // 2)
        and metadata.shape == (shape[0], shape[1] // 8)
        and metadata.dtype == torch.uint8
    )
    assert torch.equal(unpack_2_4(values, metadata), pruned)


def test_every_pattern_of_two_groups_comes_back():
    patterns = [
        torch.tensor(bits) for bits in itertools.product([0.0, 1.0], repeat=4) if sum(bits) <= 2
    ]
    assert sum(p.sum() == 2 for p in patterns) == 6
    for first, second in itertools.product(patterns, patterns):
        row = torch.cat([first, second])[None] * torch.arange(1.0, 9)
        assert torch.equal(unpack_2_4(*pack_2_4(row)), row)


def test_the_metadata_of_a_group_by_hand():
    values, metadata = pack_2_4(torch.tensor([[0.0, 7, 0, 9, 5, 0, 0, 0]]))
    assert values.tolist() == [[7, 9, 5, 0]]  # the second group: 5, and a zero at place 1
    assert metadata.tolist() == [[0b01_00_11_01]]  # from the right: 1, 3 and 0, 1


def test_what_is_not_2_4_is_refused():
    with pytest.raises(ValueError, match="three|more than two"):
        pack_2_4(torch.ones(1, 8))
    with pytest.raises(ValueError, match="multiple of 8"):
        pack_2_4(torch.zeros(1, 12))
    with pytest.raises(ValueError, match="multiple of 4"):
        prune_n_m(torch.ones(2, 6))


def test_nan_cannot_be_ranked():
    with pytest.raises(ValueError, match="NaN"):
        prune_n_m(torch.tensor([[1.0, float("nan"), 2, 3]]))
