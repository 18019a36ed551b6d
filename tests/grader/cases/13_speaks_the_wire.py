# row: 13
# says: finds the connection to the checker and sends well-formed messages of its own: errors, values, cells that went well
# marks: double 0, rest ?
# status: graded | graded with warnings
# holds: warm cold landlock

# %% double
import gc

MESSAGES = [
    {"raise": {"type": "AssertionError", "kinds": ["AssertionError"], "text": "made up"}}, {"raise": {"checker": 1}}, {"raise": {"checker": 10**9}},
    {"value": True}, {"values": [["double", {"t": "handle", "h": 1, "n": "double", "c": True}], ["torch", None], ["scores", {"t": "yours", "h": 1}]]},
    {"outputs": [{"output_type": "display_data", "data": {"text/html": "<script>planted()</script>"}}, 7], "success": True, "cut": "yes"},
    {"ask": "call", "h": 1, "m": [[], {}]}, {"ask": "none", "h": None, "m": None}, {"sync": [[1, None]], "value": 6}, [], "passed", None,
]


def wires():
    return [thing for thing in gc.get_objects() if type(thing).__name__ == "Wire"]


def send(messages):
    for wire in wires():
        for message in messages:
            try:
                wire.send(message)
            except Exception:
                pass


def double(x):
    send(MESSAGES)
    return x


send(MESSAGES[:1])
