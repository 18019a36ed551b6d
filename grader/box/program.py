"""What is started in a box: one agent (cold), or a zygote that forks a boxed agent for every
submission (warm).

The connection is on file descriptor 0. The first frame says how to go on.
"""

import os
import socket
import struct
import sys
from typing import Any

WIRE = 40  # the descriptor of an agent's connection


def main() -> None:
    os.dup2(0, WIRE)
    quiet()
    from grader.wire.frames import Wire

    settings, _ = Wire(WIRE, WIRE).receive()
    (zygote if settings["zygote"] else cold)(settings)


def quiet() -> None:
    """Nothing reads from or writes to the terminal that started this."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def prepared(settings: dict[str, Any]) -> Any:
    """A shell in which the lab's own opening cells have run."""
    import utils  # noqa: F401 (gives torch one thread)
    from grader.box.blocked import block
    from grader.box.shell import make_shell

    block(settings["rooms"])
    shell = make_shell()
    shell.opening = [shell.run(source)[0].list for source in settings["opening"]]
    return shell


def cold(settings: dict[str, Any]) -> None:
    from grader.box import rights

    work_in(settings["home"])
    confine(settings)
    if settings["parent"]:
        rights.die_with_parent()  # after the change of user, which would undo it
    talk(prepared(settings), WIRE)
    os._exit(0)


def confine(settings: dict[str, Any]) -> None:
    """Limits and the loss of all rights; what comes after this is the student's."""
    from grader.box import landlock, rights, seccomp

    rights.set_limits(settings["memory"], settings["seconds"], settings["processes"])
    if settings["user"]:
        rights.drop_user(settings["user"])
    if settings["walled"]:
        rights.drop_capabilities()
    if settings["landlock"]:
        landlock.restrict(*settings["landlock"])
    if settings["seccomp"]:
        seccomp.install(settings["alone"], signals=landlock.version() >= landlock.KEEPS_SIGNALS)


def work_in(home: str) -> None:
    os.makedirs(home, exist_ok=True)
    os.chmod(home, 0o777)  # its user is still to change
    os.environ["HOME"] = home
    os.chdir(home)
    sys.path.insert(0, "")  # what a cell writes there it can import, as at home


def talk(shell: Any, descriptor: int) -> None:
    """Runs the agent until the checker hangs up."""
    from grader.box.agent import Agent
    from grader.wire.frames import Wire

    wire = Wire(descriptor, descriptor)
    wire.send({"ready": True, "opening": shell.opening})
    Agent(wire, shell).serve()


def zygote(settings: dict[str, Any]) -> None:
    """Forks a boxed agent for every connection that is handed to it; says how it ended when it is
    asked."""
    from grader.box import agent, landlock, rights, seccomp, wall, warm  # noqa: F401 (a fork would have to read them again)

    os.environ["HOME"] = settings["home"]
    shell = prepared(settings)
    warm.up()
    settings["landlock"] = (
        [["/"], [settings["home"], "/tmp", "/dev"]] if landlock.version() else None
    )
    control = socket.socket(fileno=WIRE)
    warm.keep()
    control.sendall(b"r")
    child = 0
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if order == b"f":
            child = os.fork()
            if child == 0:
                control.detach()
                leave_and_talk(settings, shell, descriptors[0])
            os.close(descriptors[0])
        elif order == b"w":
            _, status = os.waitpid(child, 0)
            control.sendall(struct.pack("=i", os.waitstatus_to_exitcode(status)))
        else:
            return


def leave_and_talk(settings: dict[str, Any], shell: Any, descriptor: int) -> None:
    """In a fork of the zygote: the wall, then the agent, two forks down. Never returns.

    The first process in a namespace cannot be killed from inside it, so the agent is the second.
    """
    from grader.box import rights, wall

    code = 70
    try:
        os.dup2(descriptor, WIRE)
        os.closerange(3, WIRE)
        os.closerange(WIRE + 1, 4096)
        rights.die_with_parent()
        wall.leave(settings["own_user"])
        first = os.fork()
        if first == 0:
            wall.new_root()
            work_in(settings["home"])
            confine(settings)
            rights.die_with_parent()
            agent = os.fork()
            if agent == 0:
                rights.die_with_parent()
                talk(shell, WIRE)
                os._exit(0)
            os.close(WIRE)
            code = wait_for(agent)
        else:
            os.close(WIRE)
            code = wait_for(first)
    finally:
        os._exit(code)


def wait_for(child: int) -> int:
    """The exit code of a child, 128 and the signal when a signal ended it; other children are
    waited for too."""
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
