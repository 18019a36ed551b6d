"""The world round the cases: a course with all of them handed in, and what nobody may read, reach,
change or leave."""

import os
import secrets
import socket
import sqlite3
import sysconfig
import tempfile
from hashlib import sha256
from pathlib import Path

import psutil

import utils
from tests.grader.cases import released, with_answers, write_notebook
from tests.grader.cases_lab import LAB, make_course, right_answers

# right submissions between the bad ones; names that come first, in the middle and last
HONEST = "00_honest", "13_honest", "99_honest"
VARIABLE = "CASES_PASSWORD"


class World:
    """Made in a new folder. course: with the cases and some honest students; the rest are canaries.
    make: makes the course in a folder."""

    def __init__(self, folder, cases, honest=HONEST, make=make_course):
        folder = Path(folder).resolve()
        for name in ("course", "drop", "home"):
            (folder / name).mkdir()
        self.drop, self.home = folder / "drop", folder / "home"
        self.canary = folder / "canary.txt"
        self.secret = secrets.token_hex(16)
        for path in (self.canary, self.home / "canary.txt"):
            path.write_text(f"password = {self.secret}\n")
            os.utime(path, (0, 1))  # read once, it has another time of access
        self.listen()
        self.course = make(folder / "course")
        notebook = with_answers(released(self.course), right_answers())
        for student in honest:
            write_notebook(self.path(student), notebook)
        for case in cases:
            case.write(self, self.path(case.name))
        self.submitted = self.digests()

    def path(self, student):
        return self.course.submitted(LAB, student) / f"{LAB}.ipynb"

    def listen(self):
        """A TCP port, a UDP port of the same number and an abstract unix socket; who called is
        asked later."""
        self.tcp = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.sockets = [self.tcp, self.udp]
        if sysconfig.get_platform().startswith("linux"):
            self.unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.unix.bind(f"\0cases-{self.port}")
            self.sockets.append(self.unix)
        for one in self.sockets:
            one.setblocking(False)

    def fill(self, text):
        """A case's text with the places of this world."""
        places = {
            "ROOT": self.course.root,
            "DROP": self.drop,
            "CANARY": self.canary,
            "HOME": self.home,
            "PORT": self.port,
            "UTILS": Path(utils.__file__).parent,
            "VARIABLE": VARIABLE,
        }
        for name, value in places.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def environment(self):
        """What is in the grader's environment and in nobody else's."""
        return {VARIABLE: self.secret, "HOME": str(self.home)}

    def digests(self):
        """A digest of every file handed in; of what is no file (a link, a pipe) only that it is
        there."""
        paths = sorted((self.course.folder / "submitted").rglob("*"))
        return {
            str(path): sha256(path.read_bytes()).hexdigest()
            if path.is_file() and not path.is_symlink()
            else None
            for path in paths
        }

    # what must be so afterwards: each returns what is wrong, nothing when all is well

    def changed_submissions(self):
        now = self.digests()
        return sorted(
            path
            for path in {*now, *self.submitted}
            if now.get(path, "") != self.submitted.get(path, "")
        )

    def touched_canaries(self):
        wrong = []
        for path in (self.canary, self.home / "canary.txt"):
            if (
                not path.exists()
                or path.stat().st_mtime != 1
                or path.stat().st_size != 12 + len(self.secret)
            ):
                wrong.append(f"{path.name} was changed")
            elif notes_reading(path.parent) and path.stat().st_atime != 0:
                wrong.append(f"{path.name} was read")
        return wrong

    def callers(self):
        found = []
        for one in self.sockets:
            try:
                one.accept() if one is self.tcp else one.recv(100)
                found.append("a connection" if one is self.tcp else "a datagram")
            except BlockingIOError:
                continue
        return found

    def planted(self):
        """Files that an attack wrote, anywhere it may have tried."""
        top = [
            Path(tempfile.gettempdir()),
            Path("/dev/shm"),
            Path("/var/tmp"),
            Path.home(),
            Path(sysconfig.get_paths()["purelib"]),
        ]
        found = [path for folder in top if folder.is_dir() for path in folder.glob("*planted*")]
        for folder in (self.course.root, self.drop, self.home, Path(utils.__file__).parent):
            found += folder.rglob("*planted*")
        return sorted(map(str, {*found, *self.drop.iterdir()}))

    def left_behind(self):
        """Processes that a case started and that still run."""
        found = []
        for process in psutil.process_iter(["name", "cmdline", "status"]):
            words = [process.info["name"] or "", *(process.info["cmdline"] or [])]
            if (
                any("leftbehind" in word for word in words)
                and process.info["status"] != psutil.STATUS_ZOMBIE
            ):
                found.append(process)
        return found

    def students_in_gradebook(self):
        """Who has a submission in the gradebook; read as a file, without nbgrader."""
        with sqlite3.connect(self.course.folder / "gradebook.db") as book:
            return {
                student
                for (student,) in book.execute(
                    "SELECT DISTINCT student_id FROM submitted_assignment"
                )
            }


def notes_reading(folder):
    """True where a file's time of access tells that it was read."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"x")
        file.flush()
        os.utime(file.name, (0, 1))
        Path(file.name).read_bytes()
        return os.stat(file.name).st_atime != 0
