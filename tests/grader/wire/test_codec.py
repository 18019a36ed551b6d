"""A tree that claims what is not so is a bad value."""

import pytest

from grader.wire.plain import BadValue, Came
from tests.grader.wire.wires import TENSOR, Pair


def raises(tree, data=b""):
    with pytest.raises(BadValue):
        Pair().host.decode(tree, Came(data))


@pytest.mark.parametrize(
    "tree",
    [
        [],
        [1],
        {},
        {"t": "?"},
        {"t": []},
        {"t": None},
        {"t": "ref"},
        {"t": "ref", "r": 99},
        {"t": "ref", "r": []},
        {"t": "again", "at": 0},
        {"t": "again", "at": []},
        {"t": "name", "n": "os.system"},
        {"t": "yours", "h": 1},
        {"t": "yours", "h": []},
        {"t": "handle"},
        {"t": "handle", "h": "1", "n": "a", "c": True},
        {"t": "handle", "h": True, "n": "a", "c": 1},
        {"t": "list", "v": 5},
        {"t": "list", "v": [[]]},
        {"t": "dict", "v": [[{"t": "list", "v": []}, 1]]},
        {"t": "dict", "v": [[1]]},
        {"t": "set", "v": [{"t": "list", "v": []}]},
        {**TENSOR, "s": [3]},
        {**TENSOR, "s": [10**9]},
        {**TENSOR, "s": [-2]},
        {**TENSOR, "s": [2.0]},
        {**TENSOR, "s": "ab"},
        {**TENSOR, "s": [True, 2]},
        {**TENSOR, "b": [0, 9]},
        {**TENSOR, "b": [-1, 8]},
        {**TENSOR, "b": [4, 8]},
        {**TENSOR, "b": [0.0, 8]},
        {**TENSOR, "b": [0, 10**30]},
        {**TENSOR, "b": None},
        {**TENSOR, "d": "object"},
        {**TENSOR, "d": []},
        {**TENSOR, "s": [0, 10**18], "b": [0, 0]},
        {**TENSOR, "s": [0, 2**62, 2**62], "b": [0, 0]},
        {**TENSOR, "s": [1] * 40, "b": [0, 4]},
        {**TENSOR, "q": {**TENSOR, "s": [1], "b": [0, 4]}},
        {**TENSOR, "t": "array", "d": "|O"},
        {**TENSOR, "t": "array", "d": "f4,f4"},
        {**TENSOR, "t": "array", "d": {"names": ["a"], "formats": ["O"]}},
        *(
            {**TENSOR, "t": "array", "d": kind, "s": [1]}
            for kind in ("<U2", "|S8", "|V8", "<M8", "<m8", "|O", "|O8")
        ),
        {**TENSOR, "t": "array", "d": "(2,)f4"},
        {**TENSOR, "t": "scalar", "d": "V8"},
        {"t": "range", "v": [0, 10**12, 1]},
        {"t": "range", "v": [0, 10, 0]},
        {"t": "range", "v": [0.5, 1, 1]},
        {"t": "slice", "v": [{}, 1, 1]},
        {"t": "size", "v": ["a"]},
        {"t": "size", "v": 3},
        {"t": "device", "v": 0},
        {"t": "device", "v": "nowhere"},
        {"t": "dtype", "v": "load"},
        {"t": "dtype", "v": 3},
        {"t": "generator", "b": [0, 8]},
        {"t": "complex", "v": ["a", 1]},
        {"t": "complex", "v": [1, 2, 3]},
        {"t": "bytes", "b": [0, 100]},
        {"t": "module"},
        {"t": "module", "k": "Linear", "a": [], "p": [], "b": [], "c": [], "m": True},
    ],
    ids=lambda tree: str(tree)[:60],
)
def test_a_tree_that_claims_what_is_not_so_is_a_bad_value(tree):
    raises(tree, bytes(8))
    raises({"t": "list", "v": [tree]}, bytes(8))
    raises({"t": "dict", "v": [["a", tree]]}, bytes(8))


def test_no_subclass_of_a_plain_type_and_no_name_of_the_boxs_choosing_comes_in(pair):
    got = pair.host.decode({"t": "tuple", "v": [1], "n": "os.system", "f": ["x"]}, Came())
    assert type(got) is tuple


def test_containers_too_deep_are_a_bad_value():
    tree = 1
    for _ in range(900):
        tree = {"t": "list", "v": [tree]}
    raises(tree)


def test_the_bytes_of_a_frame_make_no_more_than_their_own_size():
    raises({"t": "list", "v": [TENSOR, TENSOR]}, bytes(8))
    assert (
        len(
            Pair().host.decode(
                {"t": "list", "v": [TENSOR, {"t": "again", "at": 0}]}
                | {"v": [{**TENSOR, "at": 0}, {"t": "again", "at": 0}]},
                Came(bytes(8)),
            )
        )
        == 2
    )


def test_only_tensors_and_arrays_can_stand_in_a_frame_twice():
    bomb = [
        {"t": "list", "v": [], "at": 0},
        *({"t": "list", "v": [{"t": "again", "at": k}] * 2, "at": k + 1} for k in range(100)),
    ]
    raises({"t": "list", "v": bomb})
