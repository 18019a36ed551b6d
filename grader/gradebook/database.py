"""nbgrader's gradebook as a database: opened, its tables made, and several graders at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.folders import Course, GradingError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


# of two graders that make the same tables or rows at the same moment; seconds
TRIES, PAUSE = 8, 0.3
PATIENCE = 10  # seconds that each try waits for another program to unlock an SQLite file
LOCKED = (
    "The gradebook is locked by another program (formgrader, another grading run): waiting for it."
)


def gradebook(course: Course) -> Gradebook:
    """nbgrader's gradebook, to be used in a `with`. Its tables are made when there are none, also
    when two do it at once.

    GradingError when its database cannot be used.
    """
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    url = course.db_url
    if url.startswith("sqlite:"):  # wait for another writer, in seconds, instead of failing
        url += f"?timeout={PATIENCE}"
    attempt = 0
    while True:
        attempt += 1
        try:
            return opened(course, url)
        except DBAPIError as error:
            if attempt == TRIES or not is_race(error):
                raise GradingError(
                    f"The gradebook's database cannot be used: {first_line(error.orig)}"
                ) from None
            pause(error)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise GradingError(
                "The address of the gradebook (COURSE_GRADEBOOK) cannot be used: "
                f"{first_line(error)}. {POSTGRESQL}"
            ) from None


POSTGRESQL = (
    "For PostgreSQL it reads postgresql+psycopg://USER:PASSWORD@HOST/DATABASE and needs: pip "
    "install -e .[postgresql]"
)


def opened(course: Course, url: str) -> Gradebook:
    from nbgrader.api import Gradebook

    note_version(url)
    book = Gradebook(url, course.config.CourseDirectory.course_id)
    book.db().expire_on_commit = False  # what is written is not read again
    return book


def note_version(url: str) -> None:
    """Notes in a new database which form nbgrader's tables have, before there are any. nbgrader
    does so afterwards, and a grader that is stopped in between would leave a gradebook that
    `nbgrader db upgrade` cannot read."""
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if not inspect(connection).has_table("alembic_version"):
                connection.execute(
                    text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
                )
            if connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 0:
                connection.execute(
                    text("INSERT INTO alembic_version (version_num) VALUES (:form)"),
                    {"form": newest_form()},
                )
    finally:
        engine.dispose()


def newest_form() -> str | None:
    """The name of the newest form of nbgrader's tables."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(nbgrader.__file__).with_name("alembic"))).get_current_head()


def is_race(error: Any) -> bool:
    """Whether another grader did the same at the same moment: made this table or row, or holds
    it."""
    from sqlalchemy.exc import IntegrityError, ProgrammingError

    signs = ("already exists", "locked", "deadlock", "concurrently updated")
    return isinstance(error, (IntegrityError, ProgrammingError)) or any(
        sign in str(error.orig) for sign in signs
    )


def pause(error: Any) -> None:
    """Before another try; says what is waited for."""
    if "database is locked" in str(error.orig):
        print(LOCKED, file=sys.stderr, flush=True)
    time.sleep(PAUSE)


def first_line(error: object) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


def together(book: Gradebook, do: Callable[[], object]) -> None:
    """All of it or nothing; once more when another grader was in the way."""
    from sqlalchemy.exc import DBAPIError

    for attempt in range(TRIES):
        try:
            do()
            book.db.commit()
            return
        except DBAPIError as error:
            book.db.rollback()
            if attempt == TRIES - 1 or not is_race(error):
                raise
            pause(error)
