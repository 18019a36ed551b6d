"""Checks of lab 02, one file an exercise."""

from utils.checks.lab02.brute_force_best_mask import check_brute_force_best_mask
from utils.checks.lab02.classify_critical_point import check_classify_critical_point
from utils.checks.lab02.fisher_diagonal import check_fisher_diagonal
from utils.checks.lab02.hessian_vector_product import check_hessian_vector_product
from utils.checks.lab02.obd import check_obd
from utils.checks.lab02.obs import check_obs
from utils.checks.lab02.obs_delete import check_obs_delete
from utils.checks.lab02.taylor import check_taylor
from utils.wall import raise_at_home

raise_at_home(__name__)

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
