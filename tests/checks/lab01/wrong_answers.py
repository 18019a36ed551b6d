"""Plausible wrong answers of lab 01, and what its checks must say of each. The list is part of the lab."""

import itertools
import math

import torch

from tests.checks import stub
from utils import formats
from utils.formats import linear_offset, matmul_ops, pack_2_4, prune_n_m, storage_bits, unpack_2_4


def nothing(*arguments):
    pass


def counted_one_by_one(m, k, n):
    if m < 1000:
        return matmul_ops(m, k, n)
    return sum(1 for _ in itertools.product(range(m), range(k), range(n))), 0


def counted_row_by_row(m, k, n):
    multiplications = additions = 0
    for _ in range(m):
        for _ in range(n):
            multiplications += k
            additions += max(k - 1, 0)
    return multiplications, additions


MATMUL_OPS = {
    "no answer yet": (stub, "there is no answer yet"),
    "as many additions": (lambda m, k, n: (m * k * n, m * k * n), "k - 1 additions"),
    "the additions of one entry": (lambda m, k, n: (m * k * n, k - 1), "additions of one entry"),
    "one entry": (lambda m, k, n: (k, k - 1), "That is one entry"),
    "exchanged": (lambda m, k, n: matmul_ops(m, k, n)[::-1], "Multiplications come first"),
    "n - 1": (lambda m, k, n: (m * k * n, m * k * (n - 1)), "not over n"),
    "m - 1": (lambda m, k, n: (m * k * n, (m - 1) * k * n), "not over m"),
    "fewer than none": (lambda m, k, n: (m * k * n, m * (k - 1) * n), "not fewer than none"),
    "the sum": (lambda m, k, n: sum(matmul_ops(m, k, n)), "commas between"),
    "returns nothing": (nothing, "ends without `return`"),
    "counts one by one": (
        counted_one_by_one,
        "too many to be counted one by one: find the formula",
    ),
    "counts row by row": (counted_row_by_row, "no result after"),
}


def offset_with(
    order_of=lambda order: order, refuse=True, change=lambda offset: offset, steps=None
):
    def answer(index, shape, order):
        if refuse:
            linear_offset(index, shape, order)  # raises for an index outside
        inside = [i % size for i, size in zip(index, shape)] if refuse else index
        steps_ = steps(shape, order) if steps else formats.strides(shape, order_of(order))
        return change(sum(i * step for i, step in zip(inside, steps_)))

    return answer


def matrices_only(index, shape, order):
    (i, j), (m, n) = index, shape
    return i * n + j if order == "C" else i + j * m


def by_place(index, shape, order):
    return index[0] * shape[1] + index[1] if order == "C" else index[0] + index[1] * shape[0]


def own_size(index, shape, order):
    linear_offset(index, shape, order)
    (i, j), (m, n) = index, shape
    return i * m + j if order == "C" else i + j * n


def walks(index, shape, order):
    turn = (lambda t: t) if order == "C" else (lambda t: t[::-1])
    for place, found in enumerate(itertools.product(*map(range, turn(shape)))):
        if turn(found) == index:
            return place
    raise IndexError(index)


def steps_along(index, shape, order):
    """A walk that needs no room."""
    linear_offset(index, shape, order)
    here, place = [0] * len(shape), 0
    while tuple(here) != index:
        place += 1
        for axis in range(len(shape)) if order == "F" else reversed(range(len(shape))):
            here[axis] = (here[axis] + 1) % shape[axis]
            if here[axis]:
                break
    return place


def looks_into_an_array(index, shape, order):
    linear_offset(index, shape, order)
    turn = (lambda t: t) if order == "C" else (lambda t: t[::-1])
    places = torch.arange(math.prod(shape))
    return places.reshape(turn(shape))[turn(index)]


LINEAR_OFFSET = {
    "no answer yet": (stub, "there is no answer yet"),
    "ignores the order": (offset_with(order_of=lambda order: "C"), "the other order"),
    "the orders exchanged": (offset_with(order_of={"C": "F", "F": "C"}.get), "the other order"),
    "counts from 1": (
        offset_with(change=lambda offset: offset + 1),
        "the first place in memory is 0",
    ),
    "matrices only": (matrices_only, "any number of dimensions"),
    "the first two dimensions": (by_place, "any number of dimensions"),
    "rows for columns": (own_size, "as many entries as there are columns"),
    "the size of the own axis": (
        offset_with(steps=lambda shape, order: shape),
        "the product of the sizes",
    ),
    "no strides": (
        offset_with(steps=lambda shape, order: [1] * len(shape)),
        "multiplied by its stride",
    ),
    "takes any index": (offset_with(refuse=False), "There is no such entry"),
    "walks through the memory": (walks, "compute the place"),
    "walks step by step": (steps_along, "compute the place"),
    "looks into an array": (looks_into_an_array, "compute the place"),
    "in bytes": (offset_with(change=lambda offset: 4 * offset), "expected"),
    "returns nothing": (nothing, "the offset: a number"),
}


def coo_with(change=lambda row, col, data: (row, col, data), keep=lambda matrix: matrix != 0):
    def answer(matrix):
        row, col = keep(matrix).nonzero(as_tuple=True)
        return change(row, col, matrix[row, col])

    return answer


def flat_rows(matrix):
    places = matrix.flatten().nonzero()[:, 0]
    return places, places % max(matrix.shape[1], 1), matrix.flatten()[places]


TO_COO = {
    "no answer yet": (stub, "there is no answer yet"),
    "rows and columns exchanged": (
        coo_with(lambda row, col, data: (col, row, data)),
        "Rows and columns are exchanged",
    ),
    "counts from 1": (coo_with(lambda row, col, data: (row + 1, col + 1, data)), "counted from 0"),
    "zeros too": (coo_with(keep=torch.ones_like), "Zeros were stored too"),
    "no negative entries": (
        coo_with(keep=lambda matrix: matrix > 0),
        "Negative entries are missing",
    ),
    "flat positions": (flat_rows, "positions in the flattened matrix"),
    "each row once": (
        coo_with(lambda row, col, data: (row.unique(), col, data)),
        "Each row is named once",
    ),
    "data by columns": (
        lambda matrix: (*coo_with()(matrix)[:2], matrix.T[matrix.T != 0]),
        "in another order",
    ),
    "whole numbers": (
        lambda matrix: (*coo_with()(matrix)[:2], coo_with()(matrix)[2].int()),
        "cut to whole numbers",
    ),
    "float places": (
        coo_with(lambda row, col, data: (row.float(), col.float(), data)),
        "only whole numbers can count",
    ),
    "boolean columns": (
        coo_with(lambda row, col, data: (row, col > 0, data)),
        "a type of whole numbers",
    ),
    "ones for data": (
        coo_with(lambda row, col, data: (row, col, torch.ones_like(data))),
        "other values",
    ),
    "nonzero's table": (lambda matrix: (matrix.nonzero(), matrix[matrix != 0]), "3 things"),
    "a table for rows": (
        lambda matrix: (matrix.nonzero(), matrix.nonzero(), matrix[matrix != 0]),
        "a tensor of 1 dimension",
    ),
    "sparse parts": (
        lambda matrix: (*coo_with()(matrix)[:2], matrix.to_sparse()),
        "as dense tensors",
    ),
    "torch's own": (lambda matrix: matrix.to_sparse(), "commas between"),
    "returns nothing": (nothing, "ends without `return`"),
    "the last entry is missing": (
        coo_with(lambda row, col, data: (row[:-1], col[:-1], data[:-1])),
        "lengths",
    ),
}


def csr_with(change=lambda indptr, indices, data: (indptr, indices, data)):
    def answer(matrix):
        return change(*formats.to_csr(matrix)[:3])

    return answer


def without_empty_rows(matrix):
    indptr, indices, data = csr_with()(matrix)
    return indptr.unique(), indices, data


def last_rows_forgotten(matrix):
    """bincount without minlength ends with the last row that has an entry."""
    row, col = matrix.nonzero(as_tuple=True)
    counts = row.bincount()
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)]), col, matrix[row, col]


def needs_a_row(matrix):
    counts = torch.stack([(row != 0).sum() for row in matrix])
    return (
        torch.cat([counts.new_zeros(1), counts.cumsum(0)]),
        (matrix != 0).nonzero()[:, 1],
        matrix[matrix != 0],
    )


def compressed_columns(matrix):
    return formats.to_csc(matrix)[:3]


def data_by_columns(matrix):
    return (*csr_with()(matrix)[:2], matrix.T[matrix.T != 0])


TO_CSR = {
    "no answer yet": (stub, "there is no answer yet"),
    "counts for starts": (csr_with(lambda p, i, d: (p.diff(), i, d)), "running sum"),
    "no 0 at the beginning": (csr_with(lambda p, i, d: (p[1:], i, d)), "It begins with 0"),
    "no end": (csr_with(lambda p, i, d: (p[:-1], i, d)), "where the last row ends"),
    "empty rows left out": (without_empty_rows, "An empty row has its number too"),
    "the last rows forgotten": (last_rows_forgotten, "one number more than there are rows"),
    "needs a row": (needs_a_row, "a matrix of no row"),
    "the rows of COO": (lambda matrix: formats.to_coo(matrix)[:3], "as in COO"),
    "columns compressed": (compressed_columns, "that is CSC"),
    "counts from 1": (csr_with(lambda p, i, d: (p + 1, i, d)), "counted from 0"),
    "columns from 1": (csr_with(lambda p, i, d: (p, i + 1, d)), "counted from 0"),
    "data by columns": (data_by_columns, "goes down the columns"),
    "data backwards": (
        csr_with(lambda p, i, d: (p, i, d.flip(0))),
        "`data` its value, both row by row",
    ),
    "indices and data exchanged": (csr_with(lambda p, i, d: (p, d, i)), "got       float32"),
    "whole numbers": (csr_with(lambda p, i, d: (p, i, d.long())), "cut to whole numbers"),
    "float indptr": (
        csr_with(lambda p, i, d: (p.float(), i, d)),
        "indptr: a type of whole numbers",
    ),
    "float indices": (
        csr_with(lambda p, i, d: (p, i.float(), d)),
        "indices: a type of whole numbers",
    ),
    "the last entry is missing": (csr_with(lambda p, i, d: (p, i[:-1], d[:-1])), "lengths"),
    "data before indices": (csr_with(lambda p, i, d: (i, p, d)), "expected"),
    "returns nothing": (nothing, "ends without `return`"),
}


def product_with(
    row=lambda products: products.sum(),
    begin=0,
    end=0,
    of_x=lambda x, indices, rows: x[indices],
    rows=0,
):
    def answer(indptr, indices, data, x):
        of_rows = torch.arange(len(indptr) - 1).repeat_interleave(indptr.diff())
        products = data * of_x(x, indices, of_rows)
        return [
            row(products[max(0, indptr[i] + begin) : max(0, indptr[i + 1] + end)])
            for i in range(len(indptr) - 1 + rows)
        ]

    return answer


def dense_product(indptr, indices, data, x):
    return dense(indptr, indices, data, x) @ x


def skips_empty_rows(indptr, indices, data, x):
    y = product_with()(indptr, indices, data, x)
    return [value for value, stored in zip(y, indptr.diff()) if stored]


def empty_rows_from_the_row_before(indptr, indices, data, x):
    y = []
    for begin, end in zip(indptr[:-1], indptr[1:]):
        y.append(
            (data[begin:end] @ x[indices[begin:end]])
            if begin < end
            else y[-1]
            if y
            else torch.tensor(7.0)
        )
    return y


def dense(indptr, indices, data, x):
    matrix = torch.zeros(len(indptr) - 1, len(x))
    matrix[torch.arange(len(indptr) - 1).repeat_interleave(indptr.diff()), indices] = data
    return matrix


def dense_without_zeros(indptr, indices, data, x):
    matrix = dense(indptr, indices, data, x)
    return torch.where(matrix != 0, matrix * x, 0).sum(1)


def dense_without_nan(indptr, indices, data, x):
    return (dense(indptr, indices, data, x) * x).nan_to_num(0).sum(1)


def dense_rows(indptr, indices, data, x):
    """One dense row after the other."""
    y = []
    for begin, end in zip(indptr[:-1], indptr[1:]):
        row = torch.zeros(len(x)).index_add_(0, indices[begin:end], data[begin:end])
        y.append(torch.where(row != 0, row * x, 0).sum())
    return y


def added_as(kind, cut=lambda product: product):
    def answer(indptr, indices, data, x):
        y = torch.zeros(len(indptr) - 1, dtype=kind)
        for i in range(len(y)):
            for k in range(indptr[i], indptr[i + 1]):
                y[i] += cut(data[k] * x[indices[k]])
        return y

    return answer


CSR_MATVEC = {
    "no answer yet": (stub, "there is no answer yet"),
    "= for +=": (product_with(row=lambda products: products[-1:].sum()), "Only the last product"),
    "the first product": (
        product_with(row=lambda products: products[:1].sum()),
        "Only the first product",
    ),
    "one entry too few": (
        product_with(row=lambda products: products[:-1].sum()),
        "The last entry of each row is missing",
    ),
    "one entry too many": (product_with(end=1), "One entry too many"),
    "without x": (product_with(of_x=lambda x, indices, rows: 1), "without x"),
    "x by place": (
        product_with(of_x=lambda x, indices, rows: x[torch.arange(len(indices)) % max(len(x), 1)]),
        "not to x[k]",
    ),
    "x by row": (
        product_with(of_x=lambda x, indices, rows: x[rows % max(len(x), 1)]),
        "its column, not its row",
    ),
    "one row too many": (product_with(rows=1), "`indptr` has one number more"),
    "one row too few": (product_with(rows=-1), "one number for each of the"),
    "empty rows left out": (skips_empty_rows, "an empty row too"),
    "an empty row repeats": (empty_rows_from_the_row_before, "the sum of no numbers"),
    "through a dense matrix": (dense_product, "zeros that are not stored were multiplied"),
    "a dense matrix, its zeros left out": (dense_without_zeros, "the work of a dense matrix"),
    "a dense matrix, nan taken for 0": (dense_without_nan, "the work of a dense matrix"),
    "dense rows": (dense_rows, "the work of a dense matrix"),
    "whole products in whole sums": (added_as(torch.long, int), "cut to whole numbers"),
    "whole products": (added_as(torch.float32, int), "products were cut to whole numbers"),
    "twice as much": (
        lambda *arguments: [2 * value for value in product_with()(*arguments)],
        "y[i] is the sum",
    ),
}


def bits_with(**changed):
    """Right but for the formats in `changed`: form = function of (m, n, nnz, value, index)."""

    def answer(form, shape, nnz, value_bits=32, index_bits=32):
        change = changed.get(form.replace(":", "_").replace("2_4", "two_four"))
        return (
            change(*shape, nnz, value_bits, index_bits)
            if change
            else storage_bits(form, shape, nnz, value_bits, index_bits)
        )

    return answer


def always_32(form, shape, nnz, value_bits=32, index_bits=32):
    return storage_bits(form, shape, nnz)


def other_defaults(form, shape, nnz, value_bits=32, index_bits=64):
    return storage_bits(form, shape, nnz, value_bits, index_bits)


STORAGE_BITS = {
    "no answer yet": (stub, "there is no answer yet"),
    "bytes": (lambda *a, **k: storage_bits(*a, **k) / 8, "These are bytes"),
    "always 32 bits": (always_32, "value_bits and index_bits count"),
    "other defaults": (other_defaults, "Keep the defaults"),
    "dense without zeros": (
        bits_with(dense=lambda m, n, nnz, b, i: b * nnz),
        "stores its zeros too",
    ),
    "a mask of ones": (
        bits_with(bitmask=lambda m, n, nnz, b, i: (b + 1) * nnz),
        "one bit for every entry",
    ),
    "no mask": (bits_with(bitmask=lambda m, n, nnz, b, i: b * nnz), "The mask is missing"),
    "a mask of indices": (
        bits_with(bitmask=lambda m, n, nnz, b, i: b * nnz + i * m * n),
        "one bit, not an index",
    ),
    "the mask on top of all values": (
        bits_with(bitmask=lambda m, n, nnz, b, i: (b + 1) * m * n),
        "are not stored",
    ),
    "COO with one index": (bits_with(coo=lambda m, n, nnz, b, i: (b + i) * nnz), "two indices"),
    "CSR without the end": (
        bits_with(csr=lambda m, n, nnz, b, i: (b + i) * nnz + i * m),
        "one number more",
    ),
    "CSC for CSR": (
        bits_with(csr=lambda m, n, nnz, b, i: (b + i) * nnz + i * (n + 1)),
        "about rows",
    ),
    "CSR without indptr": (bits_with(csr=lambda m, n, nnz, b, i: (b + i) * nnz), "stored as well"),
    "CSR without columns": (
        bits_with(csr=lambda m, n, nnz, b, i: b * nnz + i * (m + 1)),
        "The column of each entry",
    ),
    "COO for CSR": (bits_with(csr=lambda m, n, nnz, b, i: (b + 2 * i) * nnz), "That is COO"),
    "2:4 by nnz": (
        bits_with(two_four=lambda m, n, nnz, b, i: (b + 2) * nnz),
        "`nnz` does not matter",
    ),
    "2:4 without the last group": (
        bits_with(two_four=lambda m, n, nnz, b, i: m * (n // 4) * 2 * (b + 2)),
        "it is stored as well",
    ),
    "2:4, half of all": (
        bits_with(two_four=lambda m, n, nnz, b, i: (b + 2) * m * n // 2),
        "it takes as much as the others",
    ),
    "2:4, groups over two rows": (
        bits_with(two_four=lambda m, n, nnz, b, i: (b + 2) * math.ceil(m * n / 4) * 2),
        "groups of its own",
    ),
    "2:4 with indices": (
        bits_with(two_four=lambda m, n, nnz, b, i: (b + i) * 2 * m * math.ceil(n / 4)),
        "not a whole index",
    ),
    "2:4 without places": (
        bits_with(two_four=lambda m, n, nnz, b, i: b * 2 * m * math.ceil(n / 4)),
        "places of each group are missing",
    ),
    "dense twice": (
        bits_with(dense=lambda m, n, nnz, b, i: 2 * b * m * n),
        "a value for each entry, zero or not",
    ),
    "a mask of bytes": (
        bits_with(bitmask=lambda m, n, nnz, b, i: b * nnz + 8 * m * n),
        "a bit for each entry",
    ),
    "COO with three indices": (
        bits_with(coo=lambda m, n, nnz, b, i: (b + 3 * i) * nnz),
        "a value, a row and a column",
    ),
    "indptr twice": (
        bits_with(csr=lambda m, n, nnz, b, i: (b + i) * nnz + 2 * i * (m + 1)),
        "m + 1 numbers",
    ),
    "2:4 twice": (
        bits_with(two_four=lambda m, n, nnz, b, i: (b + 2) * 4 * m * math.ceil(n / 4)),
        "two values and two places",
    ),
    "takes any format": (
        lambda form, *a, **k: storage_bits(form, *a, **k) if form in formats.FORMATS else 0,
        "expected  a ValueError",
    ),
    "returns nothing": (nothing, "the number of bits"),
}


def pack_with(
    keep=lambda vectors: (vectors != 0).any(2),
    indices=lambda kept, length: kept.nonzero()[:, 1],
    starts=lambda starts: starts,
    values=lambda stored: stored,
    wasted=None,
    pad=True,
):
    """The vectors of the definition with one step changed."""

    def answer(matrix, length):
        n = matrix.shape[1]
        if pad:
            matrix = torch.nn.functional.pad(matrix, (0, -n % length))
        else:
            matrix = matrix[:, : n // length * length]
        vectors = matrix.unflatten(1, (-1, length))
        kept = keep(vectors)
        stored = vectors[kept]
        zeros = int((stored == 0).sum())
        indptr = torch.cat([torch.zeros(1, dtype=torch.long), kept.sum(1).cumsum(0)])
        share = (
            wasted(zeros, stored.numel(), matrix, n)
            if wasted
            else zeros / stored.numel()
            if stored.numel()
            else 0.0
        )
        return starts(indptr), indices(kept, length), values(stored), share

    return answer


def share(fraction):
    """`fraction(zeros, stored, matrix, columns)` in place of the fraction that is wasted; nothing stored stays 0."""
    return pack_with(
        wasted=lambda zeros, stored, matrix, n: (
            fraction(zeros, stored, matrix, n) if stored else 0.0
        )
    )


def unpadded(cut):
    def answer(matrix, length):
        vectors = cut(matrix, length)
        return pack_with()(vectors.flatten(1), length)

    return answer


def filling(fraction):
    """`fraction(zeros, stored, filled)`, where `filled` of the stored zeros are beyond the end of a row."""

    def answer(matrix, length):
        indptr, indices, values, wasted = pack_with()(matrix, length)
        filled = int(((indices[:, None] * length + torch.arange(length)) >= matrix.shape[1]).sum())
        return (
            indptr,
            indices,
            values,
            fraction(int((values == 0).sum()), values.numel(), filled) if values.numel() else 0.0,
        )

    return answer


PACK_VECTORS = {
    "no answer yet": (stub, "there is no answer yet"),
    "all vectors": (
        pack_with(keep=lambda v: torch.ones(v.shape[:2], dtype=torch.bool)),
        "zeros alone are not stored",
    ),
    "full vectors only": (pack_with(keep=lambda v: (v != 0).all(2)), "*any* of its entries"),
    "by the sum": (pack_with(keep=lambda v: v.sum(2) != 0), "add up to zero"),
    "by the first entry": (pack_with(keep=lambda v: v[:, :, 0] != 0), "not only at the first"),
    "positive entries only": (pack_with(keep=lambda v: (v > 0).any(2)), "Negative entries"),
    "the last vector forgotten": (pack_with(pad=False), "The last vector of a row"),
    "columns for vectors": (
        pack_with(indices=lambda kept, length: kept.nonzero()[:, 1] * length),
        "Count in vectors",
    ),
    "places in the whole list": (
        pack_with(indices=lambda kept, length: kept.flatten().nonzero()[:, 0]),
        "count anew in each row",
    ),
    "an index for each number": (
        pack_with(indices=lambda kept, length: kept.nonzero()[:, 1].repeat_interleave(length)),
        "share one index",
    ),
    "no 0 at the beginning": (pack_with(starts=lambda starts: starts[1:]), "It begins with 0"),
    "counts for starts": (pack_with(starts=lambda starts: starts.diff()), "running sum"),
    "values without zeros": (
        pack_with(values=lambda stored: stored[stored != 0][:, None]),
        "with all its entries, zeros too",
    ),
    "values backwards": (pack_with(values=lambda stored: stored.flip(1)), "what stands in it"),
    "half of each vector": (pack_with(values=lambda stored: stored[:, :1]), "with all its entries"),
    "whole numbers": (pack_with(values=lambda stored: stored.int()), "cut to whole numbers"),
    "float indices": (
        pack_with(indices=lambda kept, length: kept.nonzero()[:, 1].float()),
        "indices: a type of whole numbers",
    ),
    "unflatten without padding": (
        unpadded(lambda matrix, length: matrix.unflatten(1, (-1, length))),
        "is filled up with zeros first",
    ),
    "reshape without padding": (
        unpadded(lambda matrix, length: matrix.reshape(len(matrix), -1, length)),
        "is filled up with zeros first",
    ),
    "a guess at the size": (
        lambda matrix, length: unpadded(
            lambda padded, length: padded.reshape(len(padded), -1, length)
        )(torch.nn.functional.pad(matrix, (0, -matrix.shape[1] % length)), length),
        "-1 cannot be guessed",
    ),
    "the useful part": (
        share(lambda zeros, stored, matrix, n: 1 - zeros / stored),
        "the part of use",
    ),
    "of the matrix": (
        share(lambda zeros, stored, matrix, n: zeros / (len(matrix) * n)),
        "Divide by the numbers that are stored",
    ),
    "the sparsity": (
        share(lambda zeros, stored, matrix, n: float((matrix[:, :n] == 0).float().mean())),
        "the sparsity of the matrix",
    ),
    "a count": (share(lambda zeros, stored, matrix, n: zeros), "A fraction"),
    "nothing stored": (
        pack_with(wasted=lambda zeros, stored, matrix, n: zeros / stored),
        "nothing is wasted",
    ),
    "all is waste": (
        pack_with(wasted=lambda zeros, stored, matrix, n: zeros / stored if stored else 1.0),
        "nothing is wasted",
    ),
    "filled zeros are no zeros": (
        filling(lambda zeros, stored, filled: (zeros - filled) / stored),
        "they count",
    ),
    "filled zeros left out": (
        filling(lambda zeros, stored, filled: (zeros - filled) / (stored - filled)),
        "they count",
    ),
    "a third of the zeros": (
        share(lambda zeros, stored, matrix, n: zeros / stored / 3),
        "Count the zeros in `values`",
    ),
    "returns nothing": (nothing, "ends without `return`"),
}


def groups_of_four(choose):
    """A mask from a function of the groups (groups, 4), for rows that are a multiple of four long."""

    def answer(weight):
        if weight.shape[1] % 4:
            raise ValueError(weight.shape)
        return choose(weight.reshape(-1, 4)).reshape(weight.shape)

    return answer


def two_by(size):
    return groups_of_four(
        lambda groups: torch.zeros_like(groups).scatter_(1, size(groups).topk(2, dim=1).indices, 1)
    )


def along_columns(weight):
    if weight.shape[1] % 4:
        raise ValueError(weight.shape)
    return prune_n_m(weight.T.reshape(1, -1)).reshape(weight.T.shape).T


def half_of_all(weight):
    if weight.shape[1] % 4:
        raise ValueError(weight.shape)
    mask = torch.zeros(weight.numel())
    mask[weight.abs().flatten().argsort()[weight.numel() // 2 :]] = 1
    return mask.reshape(weight.shape)


def shorter(weight):
    return prune_n_m(weight[:, : weight.shape[1] // 4 * 4])


PRUNE_2_4 = {
    "no answer yet": (stub, "there is no answer yet"),
    "no abs": (two_by(lambda groups: groups), "rank by size |w|"),
    "the smallest": (two_by(lambda groups: -groups.abs()), "the wrong way round"),
    "the mask inverted": (lambda weight: 1 - prune_n_m(weight), "the wrong way round"),
    "a threshold": (
        groups_of_four(
            lambda groups: (groups.abs() >= groups.abs().sort(1).values[:, 2:3]).float()
        ),
        "a threshold",
    ),
    "three of four": (
        groups_of_four(
            lambda groups: (groups.abs() > groups.abs().min(1, keepdim=True).values).float()
        ),
        "exactly two",
    ),
    "down the columns": (along_columns, "go down the columns"),
    "half of all": (half_of_all, "not two of every four"),
    "always the first two": (
        groups_of_four(lambda groups: torch.tensor([1.0, 1, 0, 0]).expand(len(groups), 4)),
        "not the two largest",
    ),
    "the pruned weight": (lambda weight: weight * prune_n_m(weight), "Return the mask"),
    "in place": (lambda weight: prune_n_m(weight.mul_(prune_n_m(weight))), "a changed weight"),
    "groups for rows": (lambda weight: prune_n_m(weight).reshape(-1, 4), "the shape of the weight"),
    "rows that do not fit": (
        lambda weight: shorter(weight) if weight.shape[1] % 4 else prune_n_m(weight),
        "no multiple of four",
    ),
    "zeros are never kept": (lambda weight: prune_n_m(weight) * (weight != 0), "exactly two"),
    "returns nothing": (nothing, "the mask"),
}


def pack_2_4_with(
    values=lambda values: values,
    metadata=lambda a, b, c, d: a + 4 * b + 16 * c + 64 * d,
    twice=False,
):
    """The layout with another byte made of its four places, or other values."""

    def answer(weight):
        stored, packed = pack_2_4(weight)
        places = [packed.long() >> shift & 3 for shift in (0, 2, 4, 6)]
        if twice:
            some = stored.unflatten(1, (-1, 4)) != 0
            places = [
                place if k % 2 == 0 else torch.where(some[..., k], place, places[k - 1])
                for k, place in enumerate(places)
            ]
        return values(stored), metadata(*places).to(torch.uint8)

    return answer


def drops_the_third(weight):
    return pack_2_4(weight * prune_n_m(weight) if weight.shape[1] % 8 == 0 else weight)


def takes_any_length(weight):
    return pack_2_4(torch.nn.functional.pad(weight, (0, -weight.shape[1] % 8)))


def two_largest_by_value(weight):
    pack_2_4(weight)
    groups = weight.unflatten(1, (-1, 4))
    places = groups.topk(2).indices.sort(-1).values
    codes = (places[..., 0] + 4 * places[..., 1]).unflatten(1, (-1, 2))
    return groups.gather(-1, places).flatten(1), codes[..., 0] + 16 * codes[..., 1]


def bytes_with(*bits):
    """The values, and a byte for every few bits of the metadata: (where they begin, which they are)."""

    def answer(weight):
        values, metadata = pack_2_4(weight)
        return values, torch.stack(
            [metadata >> begin & which for begin, which in bits], -1
        ).flatten(1)

    return answer


def in_one_dimension(weight):
    values, metadata = pack_2_4(weight)
    return values.flatten(), metadata.flatten()


def always_two(weight):
    pack_2_4(weight)  # refuses what must be refused
    values, codes = [], []
    for group in weight.reshape(-1, 4):
        first, second = group.nonzero()[0], group.nonzero()[1]
        values += [group[first], group[second]]
        codes.append(int(first) + 4 * int(second))
    rows, k = weight.shape
    pairs = torch.tensor(codes).reshape(rows, k // 8, 2)
    return torch.cat(values).reshape(rows, k // 2), (pairs[..., 0] + 16 * pairs[..., 1]).to(
        torch.uint8
    )


def always_two_at_once(weight):
    _, metadata = pack_2_4(weight)
    return weight[weight != 0].reshape(len(weight), weight.shape[1] // 2), metadata


PACK_2_4 = {
    "no answer yet": (stub, "there is no answer yet"),
    "halves exchanged": (
        pack_2_4_with(metadata=lambda a, b, c, d: c + 4 * d + 16 * a + 64 * b),
        "low half",
    ),
    "places exchanged": (
        pack_2_4_with(metadata=lambda a, b, c, d: b + 4 * a + 16 * d + 64 * c),
        "two low bits of its half",
    ),
    "bits in reverse": (
        pack_2_4_with(metadata=lambda a, b, c, d: d + 4 * c + 16 * b + 64 * a),
        "reverse order",
    ),
    "a byte for a group": (bytes_with((0, 15), (4, 15)), "Two groups share a byte"),
    "a byte for a place": (bytes_with((0, 3), (2, 3), (4, 3), (6, 3)), "four places share a byte"),
    "places from 1": (
        pack_2_4_with(
            metadata=lambda a, b, c, d: (a + 1) + 4 * (b + 1) + 16 * (c + 1) + 64 * (d + 1)
        ),
        "counted from 0",
    ),
    "3 for 4": (
        pack_2_4_with(metadata=lambda a, b, c, d: a + 3 * b + 16 * (c + 3 * d)),
        "first place + 4 * second place",
    ),
    "two zeros at one place": (pack_2_4_with(twice=True), "two different places"),
    "values of the largest": (two_largest_by_value, "does not hold the entries"),
    "sizes for values": (pack_2_4_with(values=torch.abs), "does not hold the entries"),
    "drops the third": (drops_the_third, "would change the matrix"),
    "takes any length": (takes_any_length, "no multiple of 8"),
    "one long row": (in_one_dimension, "a tensor of 2 dimensions"),
    "more than a byte": (
        lambda weight: (pack_2_4(weight)[0], pack_2_4(weight)[1].long() * 8),
        "0, 1, 2 or 3",
    ),
    "places as int64": (
        lambda weight: (pack_2_4(weight)[0], pack_2_4(weight)[1].long()),
        "uint8, a byte for four places",
    ),
    "places as floats": (
        lambda weight: (pack_2_4(weight)[0], pack_2_4(weight)[1].float()),
        "uint8, a byte for four places",
    ),
    "places in lists": (
        lambda weight: (pack_2_4(weight)[0], pack_2_4(weight)[1].tolist()),
        "uint8, a byte for four places",
    ),
    "whole numbers": (pack_2_4_with(values=lambda values: values.int()), "cut to whole numbers"),
    "always two entries": (always_two, "each with a different free place"),
    "always two entries, without loops": (always_two_at_once, "each with a different free place"),
    "values alone": (lambda weight: pack_2_4(weight)[0], "values, metadata"),
    "all zeros": (
        lambda weight: tuple(torch.zeros_like(part) for part in pack_2_4(weight)),
        "does not hold the entries",
    ),
}


def unpack_with(order=(0, 2, 4, 6), column=lambda group, place, s: 4 * group + place, byte=4):
    def answer(values, metadata):
        matrix = torch.zeros(len(values), 2 * values.shape[1])
        for i, row in enumerate(values):
            for s, value in enumerate(row):
                matrix[i, column(s // 2, int(metadata[i, s // byte]) >> order[s % 4] & 3, s)] = (
                    value
                )
        return matrix

    return answer


def scattered(read):
    def answer(values, metadata):
        places = torch.stack(read(metadata), -1).flatten(1).unflatten(1, (-1, 2))
        return (
            torch.zeros(*places.shape[:2], 4)
            .scatter_(-1, places, values.unflatten(1, (-1, 2)))
            .flatten(1)
        )

    return answer


def shifts_by_one(values, metadata):
    return scattered(lambda metadata: [metadata.long() >> shift & 3 for shift in range(4)])(
        values, metadata
    )


def in_order(values, metadata):
    """Takes the smaller place of a group for that of its first number."""
    places = (
        torch.stack([metadata >> shift & 3 for shift in (0, 2, 4, 6)], -1)
        .flatten(1)
        .unflatten(1, (-1, 2))
        .sort(-1)
        .values.long()
    )
    return (
        torch.zeros(*places.shape[:2], 4)
        .scatter_(-1, places, values.unflatten(1, (-1, 2)))
        .flatten(1)
    )


def low_half_only(values, metadata):
    return unpack_2_4(values, (metadata & 15) + ((metadata & 15) << 4))


UNPACK_2_4 = {
    "no answer yet": (stub, "there is no answer yet"),
    "halves exchanged": (unpack_with(order=(4, 6, 0, 2)), "in its low half"),
    "places exchanged": (unpack_with(order=(2, 0, 6, 4)), "The two low bits of each half"),
    "bits in reverse": (unpack_with(order=(6, 4, 2, 0)), "in reverse"),
    "the low half twice": (low_half_only, "in its group, but not at its place"),
    "shifts by one": (unpack_with(order=(0, 1, 2, 3)), "The shifts are 0, 2, 4 and 6"),
    "shifts by one, without loops": (shifts_by_one, "The shifts are 0, 2, 4 and 6"),
    "groups of two for groups of four": (
        unpack_with(column=lambda group, place, s: 2 * s + place),
        "begins in column 4 * (s // 2)",
    ),
    "a byte for each group": (unpack_with(byte=2), "of byte s // 4"),
    "bytes as indices": (
        scattered(lambda metadata: [metadata >> shift & 3 for shift in (0, 2, 4, 6)]),
        "`.long()` converts",
    ),
    "a byte for a place": (
        scattered(lambda metadata: [metadata.long() >> shift for shift in (0, 2, 4, 6)]),
        "two bits",
    ),
    "whole numbers": (
        lambda values, metadata: unpack_2_4(values, metadata).int(),
        "cut to whole numbers",
    ),
    "places sorted": (in_order, "The two low bits of each half"),
    "no group": (unpack_with(column=lambda group, place, s: place), "at wrong places"),
    "groups of two": (
        unpack_with(column=lambda group, place, s: 2 * group + place),
        "begins in column 4 * (s // 2)",
    ),
    "in a row": (
        lambda values, metadata: torch.cat([values, torch.zeros_like(values)], 1),
        "The right numbers at wrong places",
    ),
    "not wide enough": (
        lambda values, metadata: unpack_2_4(values, metadata)[:, : values.shape[1]],
        "twice as wide",
    ),
    "uint8 values": (
        lambda values, metadata: unpack_2_4(values, metadata).to(torch.int8).clamp(min=0),
        "Numbers are lost",
    ),
    "a guess at the size": (
        lambda values, metadata: unpack_2_4(values, metadata).reshape(len(values), -1),
        "-1 cannot be guessed",
    ),
    "returns nothing": (nothing, "the matrix"),
}
