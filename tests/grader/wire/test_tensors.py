"""Tensors and arrays arrive with their bits, whatever they say of themselves."""

import numpy as np
import pytest
import torch
from torch import nn

from grader.wire.tensors import DTYPES
from tests.grader.wire.wires import same_tensor


def tensors():
    numbers = torch.tensor([[0.0, -0.0, 1.5], [float("nan"), float("inf"), -float("inf")]])
    yield from (
        numbers.to(kind) for kind in (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    )
    yield from (
        torch.tensor([[-3, 0], [7, 100]]).to(kind)
        for kind in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
    )
    complex_numbers = torch.tensor([1 + 2j, complex(-0.0, float("nan"))])
    yield from (
        complex_numbers.to(torch.complex64),
        complex_numbers.to(torch.complex128),
        complex_numbers.conj(),
        complex_numbers.conj().imag,
    )
    yield from (
        torch.tensor(3.5),
        torch.tensor(True),
        torch.empty(0),
        torch.empty(2, 0, 3, dtype=torch.int8),
    )
    yield from (
        torch.arange(12.0).view(3, 4).t(),
        torch.arange(12.0)[::3],
        torch.tensor(2.0).expand(4, 5),
        torch.arange(8.0).flip(0)[1:5],
    )
    yield from (
        torch.ones(2, requires_grad=True),
        torch.ones(2, dtype=torch.complex64, requires_grad=True),
    )
    yield from (
        nn.Parameter(torch.randn(2, 3)),
        nn.Parameter(torch.arange(3), requires_grad=False),
        nn.Parameter(torch.zeros(2, dtype=torch.complex64)),
    )
    yield torch.tensor([0x7FC00001, 0x7F800001, 0x00000001], dtype=torch.int32).view(
        torch.float32
    )  # NaNs with a payload, a denormal


@pytest.mark.parametrize("tensor", list(tensors()), ids=lambda t: f"{t.dtype}{list(t.shape)}"[6:])
def test_a_tensor_arrives_with_its_bits_dtype_shape_and_kind(pair, tensor):
    for got in pair.both_ways(tensor):
        assert same_tensor(
            got,
            tensor.detach().resolve_conj().resolve_neg().requires_grad_(tensor.requires_grad)
            if type(tensor) is torch.Tensor
            else tensor,
        )


def test_every_dtype_of_the_wire_is_among_the_tensors_tried():
    assert {tensor.dtype for tensor in tensors()} == set(DTYPES.values())


def test_the_result_of_a_computation_arrives_as_a_leaf_that_requires_grad(pair):
    got = pair.to_checker(torch.ones(2, requires_grad=True) * 3)
    assert got.requires_grad and got.is_leaf and got.tolist() == [3, 3]


def test_a_gradient_arrives_with_its_tensor(pair):
    weight = nn.Parameter(torch.ones(3))
    (weight.square().sum()).backward()
    for got in pair.both_ways(weight):
        assert torch.equal(got.grad, 2 * torch.ones(3))


ARRAYS = [
    *(np.array([[1, 0], [3, 100]]).astype(kind) for kind in "bBhHiIlLqQefdgFDG?"),
    np.array([-0.0, np.nan, np.inf]),
    np.zeros((0, 3)),
    np.array(2.5),
    np.arange(12).reshape(3, 4).T,
    np.arange(10)[::-2],
    np.broadcast_to(np.float32(3), (2, 5)),
    np.arange(3, dtype=">i4"),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype.str}{list(a.shape)}")
def test_an_array_arrives_with_its_bits_dtype_and_shape(pair, array):
    for got in pair.both_ways(array):
        assert (
            type(got) is np.ndarray
            and got.dtype == array.dtype
            and got.shape == array.shape
            and got.tobytes() == array.tobytes()
        )
        got[...] = 0  # and is nobody else's


@pytest.mark.parametrize(
    "scalar",
    [
        np.float32(0.1),
        np.float64(-0.0),
        np.int8(-3),
        np.bool_(True),
        np.uint64(2**64 - 1),
        np.complex64(1 - 2j),
    ],
)
def test_a_numpy_scalar_arrives_as_one(pair, scalar):
    for got in pair.both_ways(scalar):
        assert type(got) is type(scalar) and got.tobytes() == scalar.tobytes()


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, kinds, given=(), named=None):
        return torch.ones(7)


class LyingParameter(nn.Parameter):
    __torch_function__ = LyingTensor.__torch_function__


@pytest.mark.parametrize("kind", [LyingTensor, LyingParameter])
def test_a_tensor_that_lies_about_itself_is_reduced_to_its_bytes(pair, kind):
    real = torch.tensor([1.0, -2.0, 0.0])
    got = pair.to_checker([real.as_subclass(kind)])[0]
    assert type(got) is (nn.Parameter if kind is LyingParameter else torch.Tensor) and torch.equal(
        got, real
    )
