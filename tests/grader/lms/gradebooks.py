"""Gradebooks of Canvas and Moodle, and marks to fill into them."""

import csv
import io

from grader.gradebook.outcomes import GRADED, Outcome
from grader.gradebook.rows import Row
from grader.lms.fill import Wish, fill

LAB = "lab03_magnitude_pruning"


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 2: Hessian (111),\
Lab 3: magnitude pruning (112),Lab 3 Current Score,Notes
,,,,,Manual Posting,,,
    Points Possible,,,,,20,90,(read only),
"Lovelace, Ada",4711,s100,ada,"A, B",7,,33,"says ""hi"", twice"
"Ödön, Éva",4712,s101,EVA@uni.example,A,,12.5,,"a line
and another"
"García, Jr., Sofía",4713,s102,sofia,A,EX,EX,,
"Turing, Alan",4714,s103,alan,A,,,,=1+1
"Student, Test",4799,,0f3a,A,,,,
"""


WORKSHEET = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade","Grade '
    'can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    '"Participant 100","Ada Lovelace",s100,ada@uni.example,"Submitted for '
    'grading",,100.00,Yes,"Monday, 3 May 2027, 9:00 AM",-,\r\n'
    '"Participant 7","Éva '
    'Ödön",s101,eva@uni.example,Submitted,50.00,100.00,Yes,-,-,"<p>Well, ""done""</p>"\r\n'
    '"Participant 8","Alan Turing",s103,alan@uni.example,Submitted,60.00,100.00,No,-,-,\r\n'
)


def row(student, total, email=None, pending=False, status=GRADED, most=45.0):
    return Row(student, None, None, email, {"x": total}, total, most, pending, Outcome(status, ""))


def filled(tmp_path, text, rows, name="file.csv", known=None, **wish):
    """(the Filled, the bytes written, the cells as Python's csv reads them)."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = fill(path, rows, LAB, Wish(**wish), known)
    assert path.read_bytes() == (text if isinstance(text, bytes) else text.encode())
    after = result.path.read_bytes()
    first = after.decode("utf-8-sig").splitlines()[0]
    return (
        result,
        after,
        list(
            csv.reader(
                io.StringIO(after.decode("utf-8-sig"), newline=""),
                delimiter=max(",;\t", key=first.count),
            )
        ),
    )


def column(table, number):
    return [line[number] for line in table]
