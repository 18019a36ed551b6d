"""A seccomp filter: system calls that no answer needs and that a way out of the box would.

Written as the kernel's classic BPF, loaded with prctl; no library. x86-64 and ARM64.
"""

import ctypes
import errno
import os
import platform
import struct

from grader.box.rights import LIBC, no_new_rights, prctl

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
PRETEND = ERRNO | 0  # says that it did it
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*: user, pid, network, mount, ipc, uts, cgroup, time
X32 = 0x40000000

# name: (number on x86-64, number on ARM64)
REFUSED = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "personality": (135, 92),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    # memory that no process has to its account
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
# next to other processes, without own namespaces; None: ARM64 has no such call
REFUSED_BESIDE_OTHERS = {
    "socket": (41, 198),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
}
SIGNALS = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
FOR_ITSELF = {  # the first argument is a process, 0 the caller
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
}
PRETENDED = {  # Landlock lets an owner change these of any file
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
CLONE, CLONE3 = (56, 220), (435, 435)
LAST = 462  # later calls are not known here
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def supported() -> bool:
    return (
        platform.machine() in MACHINES
        and os.name == "posix"
        and hasattr(LIBC, "prctl")
        and platform.system() == "Linux"
    )


def instruction(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)


def program(alone: bool, signals: bool = True) -> bytes:
    """The filter as bytes. alone: the process has its own namespaces; signals: if it does not,
    whether it may send any."""
    column, architecture = MACHINES[platform.machine()]
    refused = ERRNO | errno.EPERM
    parts = [
        instruction(LOAD, ARCHITECTURE),
        instruction(JUMP_EQUAL, architecture, 1, 0),
        instruction(RETURN, KILL),
        instruction(LOAD, NUMBER),
        instruction(JUMP_AT_LEAST, X32, 0, 1),
        instruction(RETURN, refused),
        # told that there is no such call, the C library uses another: clone3 hides its flags from a
        # filter
        instruction(JUMP_AT_LEAST, LAST + 1, 1, 0),
        instruction(JUMP_EQUAL, CLONE3[column], 0, 1),
        instruction(RETURN, ERRNO | errno.ENOSYS),
    ]
    answers = {call[column]: refused for call in REFUSED.values()}
    if not alone:
        answers |= {
            call[column]: refused
            for call in [*REFUSED_BESIDE_OTHERS.values(), *([] if signals else SIGNALS.values())]
        }
        answers |= {call[column]: PRETEND for call in PRETENDED.values()}
        for call in FOR_ITSELF.values():
            parts += [
                instruction(JUMP_EQUAL, call[column], 0, 4),
                instruction(LOAD, FIRST_ARGUMENT),
                instruction(JUMP_EQUAL, 0, 0, 1),
                instruction(RETURN, ALLOW),
                instruction(RETURN, refused),
            ]
    for number, answer in answers.items():
        parts += (
            [instruction(JUMP_EQUAL, number, 0, 1), instruction(RETURN, answer)]
            if number is not None
            else []
        )
    parts += [
        instruction(JUMP_EQUAL, CLONE[column], 0, 3),
        instruction(LOAD, FIRST_ARGUMENT),
        instruction(JUMP_ANY_BIT, NEW_NAMESPACES, 0, 1),
        instruction(RETURN, refused),
        instruction(RETURN, ALLOW),
    ]
    return b"".join(parts)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install(alone: bool, signals: bool = True) -> None:
    """Sets the filter for this process and all it starts."""
    no_new_rights()
    code = program(alone, signals)
    buffer = ctypes.create_string_buffer(code, len(code))
    made = Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(made))
