"""Feedback pages in the archives that Canvas and Moodle take back, under the names that their own
downloads used: grading/pages/LAB_PLATFORM.zip."""

import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence

from grader.course.files import write
from grader.course.folders import Course
from grader.gradebook.collected import Record, records
from grader.gradebook.rows import Row
from grader.lms.names import CANVAS, MOODLE


def pack(course: Course, lab: str, rows: Sequence[Row], with_pending: bool = False) -> list[str]:
    """Writes an archive for each platform that submissions were collected from. Returns what to
    say, as lines. with_pending: also pages that still wait for marks by hand."""
    noted, archives, left = records(course, lab), defaultdict(dict), defaultdict(list)
    for row in rows:
        page, record = course.feedback(lab, row.student), noted.get(row.student, Record())
        if not page.exists():
            continue
        if row.pending and not with_pending:
            left["marks by hand are still to come (--with-pending packs them too)"].append(row)
        elif record.platform in (CANVAS, MOODLE) and record.page:
            archives[record.platform][f"{record.page}{lab}.html"] = page.read_bytes()
        else:
            left["not collected from Canvas or Moodle"].append(row)
    lines = []
    for platform, pages in sorted(archives.items()):
        path = course.folder / "pages" / f"{lab}_{platform.lower()}.zip"
        write(path, zipped(pages))
        lines.append(f"{path}: {len(pages)} page{'s' * (len(pages) != 1)} for {platform}")
    for why, those in left.items():
        lines.append(f"  no page packed, {why}: {', '.join(row.student for row in those)}")
    return lines or ["There are no pages to pack."]


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()
