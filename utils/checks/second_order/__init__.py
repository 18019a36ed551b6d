"""Checks of lab 02, one file an exercise. They compare with torch, not with the library's derivatives and criteria."""

from utils.checks.second_order.brute_force import check_brute_force_best_mask
from utils.checks.second_order.classify import check_classify_critical_point
from utils.checks.second_order.fisher import check_fisher_diagonal
from utils.checks.second_order.obs_delete import check_obs_delete
from utils.checks.second_order.products import check_hessian_vector_product
from utils.checks.second_order.saliencies import check_obd, check_obs
from utils.checks.second_order.taylor import check_taylor

__all__ = [
    "check_brute_force_best_mask",
    "check_classify_critical_point",
    "check_fisher_diagonal",
    "check_hessian_vector_product",
    "check_obd",
    "check_obs",
    "check_obs_delete",
    "check_taylor",
]
