"""What is scored is a copy: without dropout, with the statistics of the batch, in enough digits."""

import copy

import pytest
import torch
from torch import nn

from utils.model import convnet
from utils.model.copies import to_score


def batch(n=12, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(n, 6, generator=generator).to(dtype), torch.randint(
        0, 3, (n,), generator=generator
    )


def with_dropout():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 3)).eval()


def test_the_copy_trains_without_dropout_and_the_model_stays():
    model = with_dropout()
    model[0].weight.requires_grad_(False)
    scored, (x, _) = to_score(model, batch())
    assert scored.training and torch.equal(scored(x), model(x))
    assert all(p.requires_grad for p in scored.parameters())
    assert not model.training and not model[0].weight.requires_grad
    assert not {id(p) for p in scored.parameters()} & {id(p) for p in model.parameters()}


def test_dropout_inside_attention_is_off_too():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(6, 2, dim_feedforward=8, dropout=0.5, batch_first=True)
    scored, (x, _) = to_score(layer, (torch.randn(2, 4, 6), None))
    assert torch.equal(scored(x), scored(x)) and layer.self_attn.dropout == 0.5


def test_batchnorm_uses_the_batch_and_the_models_statistics_stay():
    model = convnet(seed=0).eval()
    before = copy.deepcopy(model.state_dict())
    scored, (x, _) = to_score(model, (torch.randn(8, 64), None))
    assert torch.equal(scored(x), copy.deepcopy(model).train()(x))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_scored_in_float32(dtype):
    scored, (x, _) = to_score(with_dropout().to(dtype), batch(dtype=dtype))
    assert scored(x).dtype == torch.float32
