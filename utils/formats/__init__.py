"""How a matrix is stored: dense, coordinates, compressed rows, blocks, 2:4; what each costs and how
it multiplies.
"""

from utils.formats.blocks import (
    Blocks,
    blocks_to_dense,
    stored_fraction,
    to_blocks,
    useful_fraction,
)
from utils.formats.coo import COO, coalesce, coo_matvec, coo_to_dense, to_coo
from utils.formats.csr import CSR, coo_to_csr, csr_matvec, csr_to_dense, rows_of, to_csc, to_csr
from utils.formats.dense import linear_offset, matmul_ops, sparse_matmul_ops, strides
from utils.formats.n_m import pack_2_4, prune_n_m, unpack_2_4
from utils.formats.storage import FORMATS, break_even, storage_bits

__all__ = [
    "COO",
    "CSR",
    "Blocks",
    "FORMATS",
    "blocks_to_dense",
    "break_even",
    "coalesce",
    "coo_matvec",
    "coo_to_csr",
    "coo_to_dense",
    "csr_matvec",
    "csr_to_dense",
    "linear_offset",
    "matmul_ops",
    "pack_2_4",
    "prune_n_m",
    "rows_of",
    "sparse_matmul_ops",
    "storage_bits",
    "stored_fraction",
    "strides",
    "to_blocks",
    "to_coo",
    "to_csc",
    "to_csr",
    "unpack_2_4",
    "useful_fraction",
]
