"""Checks of lab 01, one file an exercise. None uses `utils.formats`, which they check."""

from utils.checks.lab01.csr_matvec import check_csr_matvec
from utils.checks.lab01.linear_offset import check_linear_offset
from utils.checks.lab01.matmul_ops import check_matmul_ops
from utils.checks.lab01.pack_2_4 import check_pack_2_4
from utils.checks.lab01.pack_vectors import check_pack_vectors
from utils.checks.lab01.prune_2_4 import check_prune_2_4
from utils.checks.lab01.storage_bits import check_storage_bits
from utils.checks.lab01.to_coo import check_to_coo
from utils.checks.lab01.to_csr import check_to_csr
from utils.checks.lab01.unpack_2_4 import check_unpack_2_4
from utils.wall import raise_at_home

raise_at_home(__name__)

__all__ = [
    "check_csr_matvec",
    "check_linear_offset",
    "check_matmul_ops",
    "check_pack_2_4",
    "check_pack_vectors",
    "check_prune_2_4",
    "check_storage_bits",
    "check_to_coo",
    "check_to_csr",
    "check_unpack_2_4",
]
