"""Half right: exercises 1 to 4 are the reference; 5 and 6 have usual mistakes, 7 is missing."""

# %% fine_tune
def fine_tune(model, pruner, dataloader, epochs, lr=0.05):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    accuracies = []
    for _ in range(epochs):
        # the zeros are never put back, and the learning rate goes up and down
        train(model, dataloader["train"], nn.functional.cross_entropy, optimizer, scheduler)
        accuracies.append(evaluate(model, dataloader["validation"]))
    return accuracies

# %% cubic
def cubic(sparsity):
    return lambda t: sparsity * t**3

# %% explanation
# YOUR ANSWER HERE
