"""What a box is tried with. It is sent into a box as a cell, so it uses the standard library alone.

An attack is a generator of attempts, each a name and a function: it got through when the function returns something true (a text says
what), and was refused when it raises. `bait` is what was planted outside; where only the outside can tell, the function returns None.
"""

import contextlib
import ctypes
import json
import mmap
import os
import platform
import resource
import signal
import socket
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
COLUMN = 1 if platform.machine() == "aarch64" else 0
CALLS = {
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "process_vm_readv": (310, 270),
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "clone": (56, 220),
    "setns": (308, 268),
}
NEWNS, NEWUSER = 0x20000, 0x10000000
KEY = 0x5EED  # of what is left for the next box in shared memory, semaphores, message queues
MB = 1 << 20
STEP = 32  # MB of the disk at a time


def try_out(attacks, bait):
    """Tries these attacks and prints the token, and what came of them as JSON."""
    print(
        bait["token"] + json.dumps({attack.__name__: outcome(attack(bait)) for attack in attacks})
    )


def outcome(attempts):
    """{"got": what got through, "refused": what the rest was told}"""
    got, refused = [], []
    for name, attempt in attempts:
        try:
            found = attempt()
            if found:
                got.append(found if isinstance(found, str) else name)
        except (OSError, MemoryError, ValueError, RuntimeError) as error:
            refused.append(getattr(error, "strerror", None) or str(error) or "there is not so much")
    return {"got": got, "refused": sorted(set(refused))}


def call(name, *arguments):
    """A system call by its name; OSError when it is refused."""
    return checked(
        LIBC.syscall(
            ctypes.c_long(CALLS[name][COLUMN]),
            *[ctypes.c_long(one) if isinstance(one, int) else one for one in arguments],
        )
    )


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def in_child(attempt):
    """Whether an attempt succeeds in a child, which may be changed by it."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno)
        finally:
            os._exit(255)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code) if code > 0 else f"signal {-code}")
    return True


def content(path):
    with open(path, "rb") as file:
        return file.read(1_000_000)


def processes():
    """The numbers of all processes that are to be seen."""
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return []


def outside(bait):
    """The numbers of planted processes, but for those that are processes in here too."""
    return [
        pid for pid in (bait["victim"], bait["grader"]) if pid not in (1, os.getpid(), os.getppid())
    ]


# --- reading


def reading(places):
    for path, text in places:
        yield f"read {path}", lambda: text.encode() in content(path)
        yield (
            f"listed {os.path.dirname(path)}",
            lambda: os.path.basename(path) in os.listdir(os.path.dirname(path)),
        )


def files_of_the_course(bait):
    yield from reading(bait["course"])


def home_folder(bait):
    yield from reading(bait["home"])


def temporary_files(bait):
    yield from reading(bait["temporary"])


def environment(bait):
    token = bait["token"].encode()
    yield "found it in its own environment", lambda: bait["token"] in repr(dict(os.environ))
    for pid in dict.fromkeys([*processes(), os.getppid(), *outside(bait)]):
        yield f"read that of process {pid}", lambda: token in content(f"/proc/{pid}/environ")


def memory_of_others(bait):
    size = len(bait["token"])
    for pid in outside(bait):
        yield (
            f"read /proc/{pid}/mem",
            lambda: bait["token"].encode() == memory(pid, bait["address"], size),
        )
        yield (
            f"process_vm_readv of {pid}",
            lambda: bait["token"].encode() == memory_by_call(pid, bait["address"], size),
        )
        yield (
            f"ptrace of {pid}",
            lambda: in_child(
                lambda: checked(LIBC.ptrace(ctypes.c_long(0x4206), ctypes.c_long(pid), None, None))
            ),
        )


def memory(pid, address, size):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        file.seek(address)
        return file.read(size)


def memory_by_call(pid, address, size):
    buffer = ctypes.create_string_buffer(size)
    here, there = (
        (ctypes.c_size_t * 2)(ctypes.addressof(buffer), size),
        (ctypes.c_size_t * 2)(address, size),
    )
    call("process_vm_readv", pid, here, 1, there, 1, 0)
    return buffer.raw


def descriptors(bait):
    null = os.stat("/dev/null").st_rdev
    for number in range(3):
        yield f"{number} is not /dev/null", lambda: os.fstat(number).st_rdev != null
    for number in range(3, 4096):
        if number != bait["wire"]:
            yield f"{number} is open", lambda: bool(os.fstat(number))


# --- reaching


def other_processes(bait):
    own = {1, os.getpid(), os.getppid()}
    others = set(processes()) - own
    yield f"saw {len(others)}, such as {next(iter(others), '')}", lambda: others
    for pid in outside(bait):  # the outside knows whether they noticed
        yield "", lambda: os.kill(pid, signal.SIGUSR1)
        yield "", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (100, 100)) and None
        yield "", lambda: os.setpriority(os.PRIO_PROCESS, pid, 5)
        yield "", lambda: os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})


def network(bait):
    for port in bait["ports"]:
        yield (
            f"connected to 127.0.0.1:{port}",
            lambda: connected(socket.AF_INET, ("127.0.0.1", port)),
        )
    yield (
        "",
        lambda: (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
                bait["token"].encode(), ("127.0.0.1", bait["datagrams"])
            )
            and None
        ),
    )


def unix_sockets(bait):
    for address in bait["sockets"]:
        yield f"connected to {address!r}", lambda: connected(socket.AF_UNIX, address)


def connected(family, address):
    with socket.socket(family) as one:
        one.settimeout(2)
        one.connect(address)
        return True


def writing_outside(bait):
    for folder in bait["writable"]:
        yield "", lambda: open(f"{folder}/{bait['token']}", "w").close()
    for path in bait["victims"]:
        change = CHANGES[os.path.basename(path)]
        yield "", lambda: change(path)


def append(path):
    with open(path, "a") as file:
        file.write("more")


CHANGES = {
    "append": append,
    "truncate": lambda path: os.truncate(path, 0),
    "open": lambda path: os.close(os.open(path, os.O_RDONLY | os.O_TRUNC)),
    "mode": lambda path: os.chmod(path, 0),
    "owner": lambda path: os.chown(path, 12345, 12345),
    "time": lambda path: os.utime(path, (1, 1)),
    "remove": os.remove,
    "rename": lambda path: os.rename(path, path + "_"),
    "link": lambda path: os.symlink("/", path + "_"),
    "attribute": lambda path: os.setxattr(path, "user.canary", b"more"),
}


# --- rights


def rights(bait):
    LIBC.prctl(
        15, bait["token"][:15].encode(), 0, 0, 0
    )  # its name, by which the outside finds this process
    if os.geteuid() != 0:
        yield "became root", lambda: in_child(lambda: os.setuid(0))
        yield "became root's group", lambda: in_child(lambda: os.setgid(0))
        yield "changed its groups", lambda: in_child(lambda: os.setgroups([0]))


def system_calls(bait):
    yield "unshare of a user namespace", lambda: in_child(lambda: checked(LIBC.unshare(NEWUSER)))
    yield "unshare of a mount namespace", lambda: in_child(lambda: checked(LIBC.unshare(NEWNS)))
    yield (
        "clone into a user namespace",
        lambda: in_child(
            lambda: call("clone", NEWUSER | signal.SIGCHLD, 0, 0, 0, 0) or os._exit(0)
        ),
    )
    yield (
        "mount",
        lambda: in_child(
            lambda: (
                checked(LIBC.unshare(NEWNS))
                or checked(LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None))
            )
        ),
    )
    yield "chroot", lambda: in_child(lambda: os.chroot("/"))
    yield (
        "ptrace",
        lambda: in_child(
            lambda: checked(LIBC.ptrace(ctypes.c_long(0), ctypes.c_long(0), None, None))
        ),
    )
    yield "keyctl", lambda: call("keyctl", 0, -3, 0)
    yield (
        "io_uring_setup",
        lambda: os.close(call("io_uring_setup", 1, ctypes.create_string_buffer(120))) or True,
    )


# --- amounts


def number_of_processes(bait):
    yield "", lambda: more_than(bait["processes"], threads(bait["processes"] + 50), "")


def more_than(most, had, what):
    """A text when there was more than there may be; an error that says how much there was otherwise."""
    if had <= most:
        raise RuntimeError(f"ended at {had}{what}")
    return f"more than {most}{what}"


def threads(most):
    """Starts threads, which count as processes, until it is refused or there are `most`; then they end. Returns how many there were."""
    end, made = threading.Event(), []
    before = threading.stack_size(256 * 1024)
    try:
        while len(made) < most:
            made.append(threading.Thread(target=end.wait))
            made[-1].start()
    except RuntimeError:
        made.pop()
    finally:
        threading.stack_size(before)
        end.set()
        for one in made:
            one.join()
    return len(made)


def disk(bait):
    for folder, most in bait["disk"]:
        yield (
            "",
            lambda: more_than(
                most, filled(folder, most + STEP), f" MB in {os.path.abspath(folder)}"
            ),
        )


def filled(folder, most):
    """Takes blocks of the disk until it is refused or has `most` MB; then gives them back. Returns how many it had."""
    total, names = 0, []
    try:
        while total < most:
            names.append(f"{folder}/fill_{len(names)}")
            with open(names[-1], "w") as file:
                os.posix_fallocate(file.fileno(), 0, STEP * MB)
            total += STEP
    except OSError:
        pass
    for name in names:
        with contextlib.suppress(OSError):
            os.remove(name)
    return total


def memory_of_nobody(bait):
    """Memory that no process has to its account, so that no watchdog could find it."""
    yield (
        "memfd_create",
        lambda: os.close(call("memfd_create", ctypes.c_char_p(b"canary"), 0)) or True,
    )
    yield "shmget", lambda: LIBC.shmctl(call("shmget", 0, MB, 0o1600), 0, None) == 0


def memory_in_one_piece(bait):
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    yield (
        f"{bait['too_much'] // MB} MB",
        lambda: mmap.mmap(-1, bait["too_much"], flags=private).close() is None,
    )


def memory_in_many_pieces(bait):
    """Takes memory in three children and holds it; the outside ends this."""
    for _ in range(3):
        if os.fork() == 0:
            block = bytearray(os.urandom(1)) * bait["piece"]
            time.sleep(20)
            os._exit(len(block) and 0)
    time.sleep(5)
    yield "lived on", lambda: True


# --- what is left behind


def outliving(bait):
    yield "", lambda: daemon(lambda: time.sleep(20))
    yield (
        "",
        lambda: daemon(
            lambda: os.execv(
                sys.executable,
                [sys.executable, "-S", "-E", "-c", "import time; time.sleep(20)", bait["token"]],
            )
        ),
    )
    yield "", lambda: time.sleep(0.1)


def daemon(work):
    """Does something in a process that has left its parent and its session."""
    if os.fork() == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                work()
        finally:
            os._exit(0)


def leaving(bait):
    """Leaves things where the next box could find them."""
    yield "", os.getcwd
    for folder in {".", os.environ["HOME"], "/tmp", "/dev/shm", "/var/tmp", "/home"}:
        yield "", lambda: leave(f"{folder}/{bait['token']}", bait["token"])
    for name, arguments in SHARED.items():
        yield "", lambda: call(name, KEY, *arguments, 0o1666) and None
    yield (
        "",
        lambda: (
            call("mq_open", ctypes.c_char_p(b"canary"), os.O_CREAT | os.O_RDWR, 0o666, 0) and None
        ),
    )


SHARED = {"shmget": (4096,), "semget": (1,), "msgget": ()}


def leave(path, text):
    with open(path, "w") as file:
        file.write(text)


def the_box_before(bait):
    for folder in {
        ".",
        os.environ["HOME"],
        "/tmp",
        "/dev/shm",
        "/var/tmp",
        "/home",
        bait["before"],
    }:
        yield f"a file in {folder}", lambda: os.path.exists(f"{folder}/{bait['token']}")
    for name, arguments in SHARED.items():
        yield name, lambda: call(name, KEY, *arguments, 0o666) >= 0
    yield "mq_open", lambda: call("mq_open", ctypes.c_char_p(b"canary"), os.O_RDWR, 0, 0) >= 0
