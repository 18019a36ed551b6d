"""Plausible wrong answers of lab 03, and what its checks must say of each. The list is part of the lab."""

import copy
import math

import torch
from torch import nn

from tests.checks import stub
from utils.model import evaluate, prunable, train
from utils.pruning import fine_grained_prune


def prune_with(choose=None, count=round, compare=torch.gt, size=torch.abs, guard=True, refuse=True):
    """The notes' four steps with one of them changed."""

    def answer(tensor, sparsity):
        if refuse and not 0 <= sparsity <= 1:
            raise ValueError(sparsity)
        importance, k = size(tensor), count(sparsity * tensor.numel())
        if guard and k == 0:
            return torch.ones_like(tensor)
        mask = compare(importance, importance.flatten().kthvalue(k).values).float()
        tensor.mul_(mask)
        return mask

    return answer


def right_mask_but(
    change=lambda mask: mask,
    pruned=lambda tensor, mask: tensor * mask,
    returned=lambda tensor, mask: mask,
):
    """The right positions; then the mask, what is written into the tensor, or what is returned is wrong."""

    def answer(tensor, sparsity):
        if not 0 <= sparsity <= 1:
            raise ValueError(sparsity)
        mask = torch.ones_like(tensor)
        mask.view(-1)[tensor.abs().flatten().argsort()[: round(sparsity * tensor.numel())]] = 0
        mask = change(mask)
        tensor.copy_(pruned(tensor, mask))
        return returned(tensor, mask)

    return answer


def shuffled(mask):
    return mask.flatten()[torch.randperm(mask.numel())].view_as(mask)


def clipped(tensor, sparsity):
    return fine_grained_prune(tensor, 0.0 if math.isnan(sparsity) else min(1.0, max(0.0, sparsity)))


def density_for_sparsity(tensor, sparsity):
    return fine_grained_prune(tensor, 1 - sparsity)


def quantile(tensor, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = (
        (tensor.abs() > tensor.abs().quantile(sparsity)).float()
        if sparsity
        else torch.ones_like(tensor)
    )
    tensor.mul_(mask)
    return mask


PRUNE = {
    "no answer yet": (stub, "there is no answer yet"),
    "no abs": (prune_with(size=lambda t: t), "ranked by their value"),
    "keeps the smallest": (prune_with(compare=torch.le), "the wrong way round"),
    ">= for >": (prune_with(compare=torch.ge), "`>=` for a `>`"),
    "floor": (prune_with(count=math.floor), "use round(), not int() or floor"),
    "int": (prune_with(count=int), "use round(), not int() or floor"),
    "ceil": (prune_with(count=math.ceil), "use round(), not ceil"),
    "quantile": (quantile, "torch.quantile"),
    "ties over-pruned": (prune_with(), "Equal sizes"),
    "k = 0 crash": (prune_with(guard=False), "kthvalue counts from 1"),
    "not in place": (right_mask_but(pruned=lambda tensor, mask: tensor), "must be pruned in place"),
    "flat mask": (
        right_mask_but(returned=lambda tensor, mask: mask.flatten()),
        "a mask of the tensor's shape",
    ),
    "returns None": (right_mask_but(returned=lambda tensor, mask: None), "return mask"),
    "returns the tensor": (right_mask_but(returned=lambda tensor, mask: tensor), "Return the mask"),
    "ignores sparsity": (
        lambda tensor, sparsity: fine_grained_prune(tensor, 0.5),
        "is the argument used?",
    ),
    "density for sparsity": (density_for_sparsity, "taken for the fraction that is kept"),
    "accepts any sparsity": (clipped, "expected  a ValueError"),
    "lets NaN pass": (
        lambda tensor, s: fine_grained_prune(tensor, 0.5 if math.isnan(s) else s),
        "not 0 <= sparsity <= 1",
    ),
    "changes kept weights": (
        right_mask_but(pruned=lambda tensor, mask: 2 * tensor * mask),
        "Kept weights stay exactly as they were",
    ),
    "mask the wrong way round": (
        right_mask_but(change=lambda mask: 1 - mask),
        "the wrong way round",
    ),
    "random positions": (right_mask_but(change=shuffled), "weights kept"),
}


class Pruner:
    """A pruner that is right; each wrong one below changes one thing."""

    def __init__(self, model, sparsity_dict):
        self.masks = type(self).prune(model, sparsity_dict)

    @torch.no_grad()
    def apply(self, model):
        for name, p in model.named_parameters():
            if name in self.masks:
                p.mul_(self.masks[name])

    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        weights = prunable(model)
        if set(weights) != set(sparsity_dict):
            raise KeyError(sorted(set(weights) ^ set(sparsity_dict)))
        return {name: fine_grained_prune(w, sparsity_dict[name]) for name, w in weights.items()}


class NoMasks(Pruner):
    def __init__(self, model, sparsity_dict):
        self.prune(model, sparsity_dict)


class PrunesBiases(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        if set(prunable(model)) != set(sparsity_dict):
            raise KeyError(sorted(set(prunable(model)) ^ set(sparsity_dict)))
        return {
            name: fine_grained_prune(p, sparsity_dict.get(name, 0.5))
            for name, p in model.named_parameters()
        }


class LinearOnly(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        return {
            name: fine_grained_prune(p, sparsity_dict[name])
            for name, p in model.named_parameters()
            if p.dim() == 2
        }


class OneThreshold(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        weights = prunable(model)
        total = sum(round(sparsity_dict[name] * w.numel()) for name, w in weights.items())
        threshold = torch.cat([w.abs().flatten() for w in weights.values()]).kthvalue(total).values
        return {name: (w.abs() > threshold).float() for name, w in weights.items()}


class OneSparsity(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        return {name: fine_grained_prune(w, 0.5) for name, w in prunable(model).items()}


class NotInPlace(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        return {
            name: fine_grained_prune(w.clone(), sparsity_dict[name])
            for name, w in prunable(model).items()
        }


class ApplyDoesNothing(Pruner):
    def apply(self, model):
        pass


class ApplyMakesNewTensors(Pruner):
    @torch.no_grad()
    def apply(self, model):
        for name, p in model.named_parameters():
            if name in self.masks:
                p = p * self.masks[name]


class ApplyReplacesParameters(Pruner):
    @torch.no_grad()
    def apply(self, model):
        for name, mask in self.masks.items():
            layer, _, parameter = name.rpartition(".")
            setattr(
                model.get_submodule(layer),
                parameter,
                nn.Parameter(dict(model.named_parameters())[name] * mask),
            )


class ApplyPrunesAnew(Pruner):
    def __init__(self, model, sparsity_dict):
        super().__init__(model, sparsity_dict)
        self.sparsity_dict = sparsity_dict

    def apply(self, model):
        self.masks = self.prune(model, self.sparsity_dict)


class ApplyMasksGradients(Pruner):
    def apply(self, model):
        for name, p in model.named_parameters():
            if name in self.masks and p.grad is not None:
                p.grad.mul_(self.masks[name])


class ApplyZeroesBiases(Pruner):
    @torch.no_grad()
    def apply(self, model):
        for name, p in model.named_parameters():
            p.mul_(self.masks.get(name, 0))


class WithoutNoGrad(Pruner):
    def apply(self, model):
        for name, p in model.named_parameters():
            if name in self.masks:
                p.mul_(self.masks[name])


class SharedMasks(Pruner):
    masks = {}

    def __init__(self, model, sparsity_dict):
        self.masks.update(self.prune(model, sparsity_dict))


class PruneReturnsNothing(Pruner):
    def __init__(self, model, sparsity_dict):
        self.masks = Pruner.prune(model, sparsity_dict)

    @staticmethod
    def prune(model, sparsity_dict):
        Pruner.prune(model, sparsity_dict)


class SkipsMissingNames(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        return {
            name: fine_grained_prune(w, sparsity_dict[name])
            for name, w in prunable(model).items()
            if name in sparsity_dict
        }


class IgnoresUnknownNames(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        if missing := set(prunable(model)) - set(sparsity_dict):
            raise KeyError(sorted(missing))
        return {
            name: fine_grained_prune(w, sparsity_dict[name]) for name, w in prunable(model).items()
        }


class PrunesBeforeItLooks(Pruner):
    @staticmethod
    @torch.no_grad()
    def prune(model, sparsity_dict):
        masks = {
            name: fine_grained_prune(w, sparsity_dict[name]) for name, w in prunable(model).items()
        }
        if unknown := set(sparsity_dict) - set(masks):
            raise KeyError(sorted(unknown))
        return masks


PRUNER = {
    "no answer yet": (stub, "there is no answer yet"),
    "keeps no masks": (NoMasks, "self.masks ="),
    "prunes biases": (PrunesBiases, "Biases and BatchNorm are not pruned"),
    "linear layers only": (LinearOnly, "Convolutions are pruned too"),
    "one threshold for all layers": (OneThreshold, "one threshold ranked all layers"),
    "one sparsity for all layers": (OneSparsity, "All layers have the same sparsity"),
    "not in place": (NotInPlace, "Change the parameters themselves"),
    "apply does nothing": (ApplyDoesNothing, "must multiply each parameter by its mask"),
    "apply makes new tensors": (ApplyMakesNewTensors, "must multiply each parameter by its mask"),
    "apply replaces parameters": (ApplyReplacesParameters, "The optimizer holds the old ones"),
    "apply prunes anew": (ApplyPrunesAnew, "made new masks"),
    "apply masks gradients": (ApplyMasksGradients, "must multiply each parameter by its mask"),
    "apply zeroes biases": (ApplyZeroesBiases, "Biases and BatchNorm are not pruned"),
    "no no_grad": (WithoutNoGrad, "torch.no_grad()"),
    "masks shared by all pruners": (SharedMasks, "after a second pruner was made"),
    "prune returns nothing": (PruneReturnsNothing, "prune() must return the masks"),
    "skips missing names": (SkipsMissingNames, "KeyError"),
    "ignores unknown names": (IgnoresUnknownNames, "slip of the pen"),
    "prunes before it looks": (PrunesBeforeItLooks, "Compare the names before the loop"),
}


def scan_with(
    copy_each=True,
    restore=True,
    prune=fine_grained_prune,
    score_dense=False,
    extra=False,
    sparsities_of=list,
):
    def answer(model, accuracy, sparsities):
        scan = {}
        state = copy.deepcopy(model.state_dict())
        for name in list(prunable(model)) + (["fc1.bias"] if extra else []):
            scan[name] = []
            for s in sparsities_of(sparsities):
                target = copy.deepcopy(model) if copy_each else model
                with torch.no_grad():
                    prune(dict(target.named_parameters())[name].detach(), s)
                scan[name].append(accuracy(model if score_dense else target))
        if not copy_each and restore:
            model.load_state_dict(state)
        return scan

    return answer


def shared_copy(model, accuracy, sparsities):
    """One copy a layer: the second sparsity starts from the weights that the first one left."""
    scan = {}
    for name in prunable(model):
        pruned = copy.deepcopy(model)
        scan[name] = []
        for s in sparsities:
            fine_grained_prune(prunable(pruned)[name], s)
            scan[name].append(accuracy(pruned))
    return scan


def one_copy_for_all_layers(model, accuracy, sparsities):
    scan = {name: [] for name in prunable(model)}
    for s in sparsities:
        pruned = copy.deepcopy(model)
        for name in scan:
            fine_grained_prune(prunable(pruned)[name], s)
            scan[name].append(accuracy(pruned))
    return scan


def random_prune(tensor, sparsity):
    mask = torch.ones_like(tensor)
    mask.view(-1)[torch.randperm(tensor.numel())[: round(sparsity * tensor.numel())]] = 0
    tensor.mul_(mask)


SCAN = {
    "no answer yet": (stub, "there is no answer yet"),
    "prunes the model itself": (scan_with(copy_each=False, restore=False), "Prune a copy"),
    "restores the model only at the end": (
        scan_with(copy_each=False),
        "still pruned from the sparsity before",
    ),
    "one copy for all layers": (one_copy_for_all_layers, "start each time from a fresh copy"),
    "sparsities pruned before stay pruned": (shared_copy, "still pruned from the sparsity before"),
    "scores the dense model": (
        scan_with(score_dense=True),
        "called with the model that was pruned",
    ),
    "biases as well": (scan_with(extra=True), "dim() > 1"),
    "sorted sparsities": (scan_with(sparsities_of=sorted), "zeros in"),
    "prunes the density": (scan_with(prune=lambda t, s: fine_grained_prune(t, 1 - s)), "zeros in"),
    "prunes at random": (scan_with(prune=random_prune), "the smallest |w| pruned"),
    "one number a layer": (
        lambda m, a, s: {name: scan[-1] for name, scan in scan_with()(m, a, s).items()},
        "a list of 3 accuracies",
    ),
    "a list, no names": (
        lambda m, a, s: list(scan_with()(m, a, s).values()),
        "a dictionary with the keys",
    ),
    "made-up accuracies": (
        lambda m, a, s: {name: [90.0] * len(s) for name in prunable(m)},
        "what accuracy(pruned model) returned",
    ),
    "prunes all layers at once": (
        lambda m, a, s: {name: [a(_all_pruned(m, x)) for x in s] for name in prunable(m)},
        "also pruned",
    ),
}


def _all_pruned(model, s):
    pruned = copy.deepcopy(model)
    for w in prunable(pruned).values():
        fine_grained_prune(w, s)
    return pruned


def tune_with(
    t_max=lambda epochs, batches: epochs * batches,
    callback=True,
    part="validation",
    keep=copy.deepcopy,
    load=True,
    better=lambda a, best: a > best,
    schedule=True,
    epochs_of=lambda e: e,
    returned=lambda a: a,
    every_epoch=False,
    data="train",
):
    """The notes' fine-tuning loop with one thing changed."""

    def answer(model, pruner, dataloader, epochs, lr):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        scheduler = (
            torch.optim.lr_scheduler.CosineAnnealingLR(
                optimizer, T_max=t_max(epochs, len(dataloader["train"]))
            )
            if schedule
            else None
        )
        best, state, accuracies = -1, None, []
        for _ in range(epochs_of(epochs)):
            train(
                model,
                dataloader[data],
                nn.functional.cross_entropy,
                optimizer,
                scheduler,
                callbacks=[lambda: pruner.apply(model)] if callback else [],
            )
            if every_epoch:
                pruner.apply(model)
            accuracies.append(evaluate(model, dataloader[part]))
            if better(accuracies[-1], best):
                best, state = accuracies[-1], keep(model.state_dict())
        if load:
            model.load_state_dict(state)
        return returned(accuracies)

    return answer


def callback_called_at_once(model, pruner, dataloader, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    train(
        model,
        dataloader["train"],
        nn.functional.cross_entropy,
        optimizer,
        None,
        callbacks=[pruner.apply(model)],
    )


FINE_TUNE = {
    "no answer yet": (stub, "there is no answer yet"),
    "mask not re-applied": (tune_with(callback=False), "had come back"),
    "mask re-applied once an epoch": (
        tune_with(callback=False, every_epoch=True),
        "Once an epoch is too late",
    ),
    "callback called at once": (callback_called_at_once, "'NoneType' object is not callable"),
    "T_max in epochs": (tune_with(t_max=lambda epochs, batches: epochs), "T_max counts batches"),
    "no schedule": (tune_with(schedule=False), "falls towards 0"),
    "T_max far too long": (
        tune_with(t_max=lambda epochs, batches: 100 * epochs * batches),
        "falls towards 0",
    ),
    "best epoch on test data": (tune_with(part="test"), 'Choose on dataloader["validation"]'),
    "keeps the last epoch": (tune_with(load=False), "the weights of epoch 3, the last"),
    "state not copied": (tune_with(keep=lambda state: state), "copy.deepcopy"),
    "keeps the worst": (tune_with(better=lambda a, best: best < 0 or a < best), "other weights"),
    "one epoch too many": (tune_with(epochs_of=lambda e: e + 1), "optimizer steps"),
    "trains on validation data": (tune_with(data="validation"), "optimizer steps"),
    "returns the best only": (tune_with(returned=max), "a list of 3 validation accuracies"),
    "returns nothing": (tune_with(returned=lambda a: None), "a list of 3 validation accuracies"),
    "accuracy as a fraction": (
        tune_with(returned=lambda a: [x / 100 for x in a]),
        "validation accuracies returned",
    ),
}


def schedule_with(f, refuse=True, clamp=True):
    def answer(sparsity):
        if refuse and not 0 <= sparsity <= 1:
            raise ValueError(sparsity)
        return lambda t: f(sparsity, min(1, max(0, t)) if clamp else t)

    return answer


CUBIC = {
    "no answer yet": (stub, "there is no answer yet"),
    "linear": (schedule_with(lambda s, t: s * t), "linear schedule"),
    "t cubed": (schedule_with(lambda s, t: s * t**3), "mirror image"),
    "falls": (schedule_with(lambda s, t: s * (1 - t) ** 3), "falls from the final sparsity"),
    "squared": (schedule_with(lambda s, t: s * (1 - (1 - t) ** 2)), "The exponent is 3"),
    "ends at 1": (schedule_with(lambda s, t: 1 - (1 - t) ** 3), "not at 1"),
    "one-shot": (schedule_with(lambda s, t: s), "expected"),
    "not clamped": (schedule_with(lambda s, t: s * (1 - (1 - t) ** 3), clamp=False), "clamp t"),
    "returns a number": (lambda s: s, "returns a function"),
    "accepts any sparsity": (
        schedule_with(lambda s, t: s * (1 - (1 - t) ** 3), refuse=False),
        "expected  a ValueError",
    ),
    "returns None": (schedule_with(lambda s, t: None), "the number"),
}
