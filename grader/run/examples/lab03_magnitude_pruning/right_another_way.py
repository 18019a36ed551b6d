"""Right in another way: masks of True and False, ranks instead of positions, other words throughout."""

# %% fine_grained_prune
def fine_grained_prune(tensor, sparsity):
    if not (sparsity >= 0.0 and sparsity <= 1.0):
        raise ValueError("the sparsity has to be a number from 0 to 1")
    rank = tensor.detach().abs().reshape(-1).argsort(stable=True).argsort()
    keep = (rank >= round(sparsity * tensor.numel())).reshape(tensor.shape)
    with torch.no_grad():
        tensor[~keep] = 0.0
    return keep

# %% fine_grained_pruner
class FineGrainedPruner:
    def __init__(self, network, wanted):
        self.masks = self.prune(network, wanted)

    def apply(self, network):
        with torch.no_grad():
            parameters = dict(network.named_parameters())
            for name in self.masks:
                parameters[name][self.masks[name] == 0] = 0

    @staticmethod
    def prune(network, wanted):
        matrices = [name for name, parameter in network.named_parameters() if parameter.dim() > 1]
        for name in matrices:
            if name not in wanted:
                raise KeyError(f"no sparsity given for {name}")
        for name in wanted:
            if name not in matrices:
                raise KeyError(f"there is no weight called {name}")
        return {name: fine_grained_prune(network.get_parameter(name), wanted[name]) for name in matrices}

# %% sensitivity_scan
def sensitivity_scan(model, accuracy, sparsities):
    """Prunes the model itself, and puts the weights back each time."""
    scan = {name: [] for name, parameter in model.named_parameters() if parameter.dim() > 1}
    for name in scan:
        weights = model.get_parameter(name).data
        dense = weights.clone()
        for fraction in sparsities:
            fine_grained_prune(weights, fraction)
            scan[name].append(accuracy(model))
            weights.copy_(dense)
    return scan

# %% sparsity_dict
sparsity_dict = {"conv1.weight": 0.05, "conv2.weight": 0.71, "fc.weight": 0.55}

# %% fine_tune
def fine_tune(model, pruner, dataloader, epochs, lr=0.05):
    steps = epochs * len(dataloader["train"])
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 * (1 + math.cos(math.pi * step / steps)))

    def put_zeros_back():
        pruner.apply(model)

    history, best, weights = [], -1.0, None
    while len(history) < epochs:
        train(model, dataloader["train"], nn.CrossEntropyLoss(), optimizer, scheduler, callbacks=[put_zeros_back])
        history.append(evaluate(model, dataloader["validation"]))
        if history[-1] > best:
            best, weights = history[-1], {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(weights)
    return history

# %% cubic
def cubic(sparsity):
    if not (0 <= sparsity and sparsity <= 1):
        raise ValueError(sparsity)

    def schedule(t):
        if t <= 0:
            return 0.0
        if t >= 1:
            return sparsity
        return sparsity - sparsity * (1 - t) ** 3

    return schedule

# %% explanation
# Every zero is still stored, as a float with 4 bytes, so the file does not shrink. The product multiplies by each
# of them as by any other number, so it takes as long.
#
# A sparse format such as CSR stores the $(1 - s)\,n$ weights that are left, with their places; it pays only at high
# sparsity. Removing whole channels makes the matrices smaller, which every computer turns into speed, but it costs
# more accuracy.
