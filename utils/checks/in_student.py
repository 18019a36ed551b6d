"""Probes: parts of a check that must run beside the student's code."""

import functools


def in_student(probe):
    """A decorator for a function of a check that must be where the answer is: it watches from
    inside, by a hook of torch for example, or makes what autograd goes through.

    At home it changes nothing. When a lab is graded the answer lives in another process: called
    with something of the student's, the probe runs there, and so it does when it is handed over
    itself. Its source is all that is sent: it imports what it uses, and names nothing outside
    itself. Of what it returns only plain values (numbers, strings, tensors, lists, dictionaries)
    are believed. A student can forge them, so a probe looks only at what cannot be seen from
    outside.
    """

    @functools.wraps(probe)
    def run(*arguments, **keywords):
        elsewhere = [
            value for value in (*arguments, *keywords.values()) if hasattr(type(value), "run_probe")
        ]
        if elsewhere:
            return type(elsewhere[0]).run_probe(elsewhere[0], probe, arguments, keywords)
        return probe(*arguments, **keywords)

    run.probe = probe  # type: ignore[attr-defined]
    return run
