# row: 14
# says: a network whose state_dict is garbage: other names, shapes and things that are no tensors
# marks: drop_small 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% drop_small
def drop_small(model, threshold):
    garbage = {"0.weight": torch.zeros(7), "..": object(), 3: None, "0.bias": "x" * 1000, "__class__": [[[[]]]]}
    model.state_dict = lambda *arguments, **options: garbage
    model._register_state_dict_hook(lambda *arguments: garbage)
    model.named_parameters = lambda *arguments, **options: iter(garbage.items())
    model.extra_repr = model.get_extra_state = lambda *arguments: garbage
    return float("nan")
