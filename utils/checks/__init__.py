"""What a correct answer does: `check_<exercise>(answer)` takes the student's answer and raises AssertionError."""
from utils.checks.fresh import fresh_generator
from utils.checks.pruning import (check_cubic, check_fine_grained_prune, check_fine_grained_pruner, check_fine_tune,
                                  check_sensitivity_scan, check_sparsity_dict)
from utils.checks.report import CheckFailed

__all__ = ["CheckFailed", "check_cubic", "check_fine_grained_prune", "check_fine_grained_pruner", "check_fine_tune",
           "check_sensitivity_scan", "check_sparsity_dict", "fresh_generator"]
