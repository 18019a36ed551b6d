"""A seccomp filter: system calls that no answer needs and that a way out of the box would.

Written as the kernel's classic BPF, loaded with prctl; no library. x86-64 and ARM64.
"""
import ctypes
import errno
import os
import platform
import struct

from utils.grading.box.limits import LIBC, no_new_rights, prctl

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
NEW_NAMESPACES = 0x7E020080     # CLONE_NEW*: user, pid, network, mount, ipc, uts, cgroup, time
X32 = 0x40000000

# name: (number on x86-64, number on ARM64)
REFUSED = {
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "syslog": (103, 116), "quotactl": (179, 60),
    "personality": (135, 92), "fanotify_init": (300, 262), "lookup_dcookie": (212, 18),
}
SOCKET, CLONE, CLONE3 = (41, 198), (56, 220), (435, 435)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def supported():
    return platform.machine() in MACHINES and os.name == "posix" and hasattr(LIBC, "prctl") and platform.system() == "Linux"


def instruction(code, value, true=0, false=0):
    return struct.pack("=HBBI", code, true, false, value)


def program(sockets):
    """The filter as bytes. sockets: whether sockets may be made (in a network namespace of one's own)."""
    column, architecture = MACHINES[platform.machine()]
    refused = ERRNO | errno.EPERM
    parts = [
        instruction(LOAD, ARCHITECTURE), instruction(JUMP_EQUAL, architecture, 1, 0), instruction(RETURN, KILL),
        instruction(LOAD, NUMBER), instruction(JUMP_AT_LEAST, X32, 0, 1), instruction(RETURN, refused),
        # clone3 hides its flags from a filter; told that there is none, the C library uses clone
        instruction(JUMP_EQUAL, CLONE3[column], 0, 1), instruction(RETURN, ERRNO | errno.ENOSYS),
    ]
    numbers = [pair[column] for pair in REFUSED.values()] + ([] if sockets else [SOCKET[column]])
    for number in numbers:
        parts += [instruction(JUMP_EQUAL, number, 0, 1), instruction(RETURN, refused)]
    parts += [
        instruction(JUMP_EQUAL, CLONE[column], 0, 3), instruction(LOAD, FIRST_ARGUMENT),
        instruction(JUMP_ANY_BIT, NEW_NAMESPACES, 0, 1), instruction(RETURN, refused), instruction(RETURN, ALLOW),
    ]
    return b"".join(parts)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install(sockets):
    """Sets the filter for this process and all it starts."""
    no_new_rights()
    code = program(sockets)
    buffer = ctypes.create_string_buffer(code, len(code))
    made = Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(made))
