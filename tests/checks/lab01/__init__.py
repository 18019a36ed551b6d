"""The exercises of lab 01: the check, a right answer and the wrong ones of each."""

from tests.checks.lab01 import wrong_answers as wrong
from utils.checks import lab01 as checks
from utils import formats


def csr_matvec(indptr, indices, data, x):
    return formats.csr_matvec(formats.CSR(indptr, indices, data, (len(indptr) - 1, len(x))), x)


def pack_vectors(matrix, length):
    packed = formats.to_blocks(matrix, 1, length)
    wasted = float((packed.data == 0).float().mean()) if packed.data.numel() else 0.0
    return packed.indptr, packed.indices, packed.data[:, 0], wasted


EXERCISES = {
    "matmul_ops": (checks.check_matmul_ops, formats.matmul_ops, wrong.MATMUL_OPS),
    "linear_offset": (checks.check_linear_offset, formats.linear_offset, wrong.LINEAR_OFFSET),
    "to_coo": (checks.check_to_coo, lambda matrix: formats.to_coo(matrix)[:3], wrong.TO_COO),
    "to_csr": (checks.check_to_csr, lambda matrix: formats.to_csr(matrix)[:3], wrong.TO_CSR),
    "csr_matvec": (checks.check_csr_matvec, csr_matvec, wrong.CSR_MATVEC),
    "storage_bits": (checks.check_storage_bits, formats.storage_bits, wrong.STORAGE_BITS),
    "pack_vectors": (checks.check_pack_vectors, pack_vectors, wrong.PACK_VECTORS),
    "prune_2_4": (checks.check_prune_2_4, formats.prune_n_m, wrong.PRUNE_2_4),
    "pack_2_4": (checks.check_pack_2_4, formats.pack_2_4, wrong.PACK_2_4),
    "unpack_2_4": (checks.check_unpack_2_4, formats.unpack_2_4, wrong.UNPACK_2_4),
}
