# row: 14
# says: returns objects that run a command when they are unpickled, converted or copied
# marks: double 0, steps 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import os


class Bomb:
    def __reduce_ex__(self, protocol):
        return os.system, ("touch @DROP@/planted_by_pickle",)

    def __deepcopy__(self, memo):
        return os.system("touch @DROP@/planted_by_copy")

    def __array__(self, *arguments, **options):
        return np.array([Bomb()], dtype=object)

    def __index__(self):
        return 6

    __int__ = __float__ = __bool__ = __index__


def double(x):
    return Bomb()

# %% steps
def steps(f, n):
    f(Bomb())
    return np.array([Bomb(), Bomb()], dtype=object)
