"""The library of the course: every method of the lecture notes is one short file.

Importing it gives torch one thread: for the small networks of this course a second one costs more
than it brings (on a busy machine a training loop with two threads was many times slower).
"""

import torch

torch.set_num_threads(1)
