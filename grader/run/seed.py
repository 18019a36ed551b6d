"""Fresh inputs for hidden checks: a seed for each submission, from a secret of the course."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from grader.course.files import partial
from grader.course.folders import Course, GradingError

BYTES = 32


def course_secret(course: Course) -> bytes:
    """The secret, 32 random bytes in grading/secret, made once and readable by its owner alone.
    GradingError where the file holds something else."""
    path = course.folder / "secret"
    if not path.exists():
        make_secret(path)
    try:
        secret = bytes.fromhex(path.read_text(encoding="utf-8").strip())
    except ValueError:
        secret = b""
    if len(secret) != BYTES:
        raise GradingError(
            f"{path} is damaged: it should hold {2 * BYTES} hexadecimal digits. Put it back from "
            "your backup; or delete it, and the next run draws other hidden inputs and grades "
            "everything again."
        )
    return secret


def make_secret(path: Path) -> None:
    """Another grader may make one at the same moment, and a grader may be stopped here: there is
    one, whole, or none."""
    temporary = partial(path)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_bytes(BYTES).hex())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)


def submission_seed(secret: bytes, lab: str, student: str, content: bytes) -> str:
    """HMAC-SHA256 of lab, student and the submission's bytes, as 64 hex digits: the same for the
    same file, impossible to guess.

    Another file draws other inputs, so what a student learns of them is of no use for the next try.
    """
    parts = [lab.encode(), student.encode(), content]
    return hmac.new(
        secret, b"".join(hashlib.sha256(part).digest() for part in parts), hashlib.sha256
    ).hexdigest()
