"""The exercises of lab 02: the check, a right answer and the wrong ones of each."""

from tests.checks.lab02 import wrong_answers as wrong
from utils.checks import lab02 as checks
from utils import importance, model, pruning


def brute_force_best_mask(*arguments):
    return pruning.best_mask(*arguments)[0]


def fisher_diagonal(model, x, y):
    return importance.empirical_fisher(model, (x, y)).diagonal()


EXERCISES = {
    "brute_force_best_mask": (
        checks.check_brute_force_best_mask,
        brute_force_best_mask,
        wrong.BRUTE_FORCE,
    ),
    "taylor": (checks.check_taylor, model.taylor, wrong.TAYLOR),
    "hessian_vector_product": (
        checks.check_hessian_vector_product,
        model.hessian_vector_product,
        wrong.PRODUCT,
    ),
    "classify_critical_point": (
        checks.check_classify_critical_point,
        model.classify_critical_point,
        wrong.CLASSIFY,
    ),
    "obd": (checks.check_obd, importance.obd_saliency, wrong.OBD),
    "obs": (checks.check_obs, importance.obs_saliency, wrong.OBS),
    "obs_delete": (checks.check_obs_delete, importance.obs_delete, wrong.DELETE),
    "fisher_diagonal": (checks.check_fisher_diagonal, fisher_diagonal, wrong.FISHER),
}
