# row: 24
# says: stochastic gradient descent from a random start, no seed set
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% fit_line
def fit_line(x, y):
    line = torch.randn(2)
    for step in range(200):
        batch = torch.randint(0, len(x), (20,))
        line.requires_grad_()
        loss = (line[0] * x[batch] + line[1] - y[batch]).square().mean()
        line = (line - 0.5 / (1 + step / 10) * torch.autograd.grad(loss, line)[0]).detach()
    return line.tolist()
