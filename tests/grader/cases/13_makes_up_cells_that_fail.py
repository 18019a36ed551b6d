# row: 13
# says: answers for the next cell before it is run: with an error that no cell can have
# marks: rest ?
# status: graded | graded with warnings
# holds: warm cold landlock

# %% steps
import gc

for thing in gc.get_objects():
    if type(thing).__name__ == "Wire":
        for error in ("SystemExit", "KeyboardInterrupt", "RecursionError"):
            thing.send({"raise": {"type": error, "kinds": [error], "text": "made up"}})


def steps(f, n):
    return [f(k) for k in range(1, n + 1)]
