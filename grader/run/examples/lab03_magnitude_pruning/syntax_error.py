"""A syntax error in one cell: exercises 2 and 3 call this function, and are judged with the reference in its place."""

# %% fine_grained_prune
def fine_grained_prune(tensor, sparsity):
    if not 0 <= sparsity <= 1
        raise ValueError(f"sparsity must be from 0 to 1, got {sparsity}")
    num_zeros = round(sparsity * tensor.numel())
    positions = tensor.abs().flatten().topk(num_zeros, largest=False).indices
    mask = torch.ones_like(tensor)
    mask.view(-1)[positions] = 0
    tensor.mul_(mask)
    return mask
