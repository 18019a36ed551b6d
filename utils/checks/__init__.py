"""What a correct answer does: `check_<exercise>(answer)` takes the student's answer and raises AssertionError."""
from utils.checks.fresh import fresh_generator
from utils.checks.lottery import (check_find_ticket, check_jaccard, check_prune_by_rate, check_random_mask_like,
                                  check_reinitialize, check_rewind, check_supermask_scores)
from utils.checks.pruning import (check_cubic, check_fine_grained_prune, check_fine_grained_pruner, check_fine_tune,
                                  check_sensitivity_scan, check_sparsity_dict)
from utils.checks.report import CheckFailed
from utils.checks.second_order import (check_brute_force_best_mask, check_classify_critical_point, check_fisher_diagonal,
                                       check_hessian_vector_product, check_obd, check_obs, check_obs_delete, check_taylor)
from utils.checks.storage import (check_csr_matvec, check_linear_offset, check_matmul_ops, check_pack_2_4, check_pack_vectors,
                                  check_prune_2_4, check_storage_bits, check_to_coo, check_to_csr, check_unpack_2_4)

__all__ = ["CheckFailed", "check_csr_matvec", "check_linear_offset", "check_matmul_ops", "check_pack_2_4", "check_pack_vectors",
           "check_prune_2_4", "check_storage_bits", "check_to_coo", "check_to_csr", "check_unpack_2_4",
           "check_brute_force_best_mask", "check_classify_critical_point", "check_fisher_diagonal", "check_hessian_vector_product",
           "check_obd", "check_obs", "check_obs_delete", "check_taylor",
           "check_cubic", "check_fine_grained_prune", "check_fine_grained_pruner", "check_fine_tune",
           "check_sensitivity_scan", "check_sparsity_dict",
           "check_find_ticket", "check_jaccard", "check_prune_by_rate", "check_random_mask_like",
           "check_reinitialize", "check_rewind", "check_supermask_scores", "fresh_generator"]
