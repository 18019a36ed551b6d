"""Wrong: every exercise has an answer, and each makes a usual mistake."""

# %% fine_grained_prune
def fine_grained_prune(tensor, sparsity):
    threshold = tensor.flatten().sort().values[int(sparsity * tensor.numel())]  # no abs, and out of range at 1
    mask = (tensor >= threshold).float()
    tensor = tensor * mask  # a new tensor: nothing is pruned in place
    return mask

# %% fine_grained_pruner
class FineGrainedPruner:
    def __init__(self, model, sparsity_dict):
        self.masks = FineGrainedPruner.prune(model, sparsity_dict)

    def apply(self, model):
        pass

    @staticmethod
    def prune(model, sparsity_dict):
        return {name: fine_grained_prune(param, 0.5) for name, param in model.named_parameters()}

# %% sensitivity_scan
def sensitivity_scan(model, accuracy, sparsities):
    scan = {}
    for name, param in model.named_parameters():
        scan[name] = []
        for s in sparsities:
            fine_grained_prune(param.data, s)
            scan[name].append(accuracy(model))
    return scan

# %% sparsity_dict
sparsity_dict = {"conv1.weight": 0.65, "conv2.weight": 0.1, "fc.weight": 0.65}

# %% fine_tune
def fine_tune(model, pruner, dataloader, epochs, lr=0.05):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    train(model, dataloader["train"], nn.functional.cross_entropy, optimizer, scheduler, callbacks=[pruner.apply(model)])
    return evaluate(model, dataloader["test"])

# %% cubic
def cubic(sparsity):
    return sparsity**3

# %% explanation
# The file is larger because the mask is saved too.
