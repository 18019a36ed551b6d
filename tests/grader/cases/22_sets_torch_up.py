# row: 22
# says: 64 threads, another default dtype, gradients off, deterministic algorithms, warnings as errors
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock

# %% double
import warnings


def double(x):
    return 2 * x


torch.set_num_threads(64)
torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
warnings.simplefilter("error")

# %% fit_line
torch.set_grad_enabled(False)


def fit_line(x, y):
    design = torch.stack([x.double(), torch.ones(len(x))], dim=1)
    return torch.linalg.lstsq(design, y.double()).solution.tolist()
