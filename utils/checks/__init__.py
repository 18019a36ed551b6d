"""What a correct answer does: `check_<exercise>(answer)` takes the student's answer and raises AssertionError."""
from utils.checks.before_training import (check_erdos_renyi, check_exponential, check_gradient_flow, check_grasp,
                                          check_prune_iteratively, check_snip, check_synflow)
from utils.checks.during_training import (check_cosine_drop, check_deep_r_step, check_drop, check_dsr_share, check_dsr_threshold, check_grow,
                                          check_rigl_update, check_set_drop, check_training_memory)
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
           "check_reinitialize", "check_rewind", "check_supermask_scores",
           "check_erdos_renyi", "check_exponential", "check_gradient_flow", "check_grasp",
           "check_prune_iteratively", "check_snip", "check_synflow",
           "check_cosine_drop", "check_deep_r_step", "check_drop", "check_dsr_share", "check_dsr_threshold", "check_grow",
           "check_rigl_update", "check_set_drop", "check_training_memory", "fresh_generator"]
