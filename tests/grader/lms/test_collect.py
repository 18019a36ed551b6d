"""From a download of a learning platform to grading/submitted: whose is whose, and nothing lost,
overwritten or let in."""

import datetime
import io
import os
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest
from nbgrader.utils import parse_utc

from grader.__main__ import main
from grader.course.folders import Course, GradingError
from grader.lms import collect as collecting
from grader.lms import download as download_of
from grader.lms.collect import ASIDE, COLLECTED, OTHER, UNCHANGED, collect, put
from grader.lms.names import is_wrapped, owner, safe
from tests.grader.tiny import HERE, source_cells, write

posix = pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
MADE = datetime.datetime(2026, 3, 1, 12, 30, 44, tzinfo=datetime.timezone.utc)
LATER, EARLIER = MADE + datetime.timedelta(hours=1), MADE - datetime.timedelta(hours=1)


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course").mkdir()
    course = Course((tmp_path / "course").resolve())
    (course.root / "nbgrader_config.py").write_text((Path(HERE) / "nbgrader_config.py").read_text())
    write(course.source("tiny"), source_cells())
    return course


@pytest.fixture(params=["folder", "zip"])
def download(request, tmp_path):
    """Makes a download of these files, {path: content}, and returns its place; as a folder and as a
    .zip."""

    def download(files, when=MADE):
        if request.param == "zip":
            return make_zip(tmp_path / "download.zip", files, when)
        for path, content in files.items():
            place = tmp_path / "download" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            os.utime(place, (when.timestamp(), when.timestamp()))
        (tmp_path / "download").mkdir(exist_ok=True)
        return tmp_path / "download"

    return download


def make_zip(place, files, when=MADE, **fields):
    """files: {path or ZipInfo: content}; fields of every entry."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            info = (
                path
                if isinstance(path, zipfile.ZipInfo)
                else zipfile.ZipInfo(path, when.astimezone().timetuple()[:6])
            )
            info.compress_type = zipfile.ZIP_DEFLATED
            for name, value in fields.items():
                setattr(info, name, value)
            archive.writestr(info, content)
    return place


def submitted(course):
    """What lies in grading/submitted: {path: content}, times left out."""
    top = course.folder / "submitted"
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and path.name != "timestamp.txt"
    }


def time_of(course, student):
    path = course.submitted("tiny", student) / "timestamp.txt"
    return (
        parse_utc(path.read_text()).replace(tzinfo=datetime.timezone.utc) if path.exists() else None
    )


def said(items):
    return {item.found: (item.student, item.status) for item in items}


def words(items):
    (item,) = items
    return item.words


# --- whose is whose ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files, students",
    [
        (["ada_tiny.ipynb", "bob.b_tiny.ipynb", "x_y_tiny.ipynb"], ["ada", "bob.b", "x_y"]),
        (["ada_tiny (1).ipynb"], ["ada"]),
        (["ada/tiny.ipynb", "bob/tiny.ipynb"], ["ada", "bob"]),
        (["ada/tiny.ipynb"], ["ada"]),
        (["ada/my work.ipynb", "bob/ada_tiny.ipynb"], ["ada", "bob"]),
        (["ada/tiny/tiny.ipynb", "bob/tiny/tiny.ipynb"], ["ada", "bob"]),
        (["ada/tiny/tiny.ipynb"], ["ada"]),
        (["ada/my folder/tiny.ipynb", "bob/tiny.ipynb"], ["ada", "bob"]),
        (["all/ada/tiny.ipynb", "all/bob/tiny.ipynb"], ["ada", "bob"]),
        (["all/ada/tiny/tiny.ipynb", "all/bob/tiny/tiny.ipynb"], ["ada", "bob"]),
        (["all/ada_tiny.ipynb", "all/bob_tiny.ipynb"], ["ada", "bob"]),
        (["all/ada_tiny.ipynb"], ["ada"]),
        (
            [
                "Ada Lovelace_12345_assignsubmission_file_/tiny.ipynb",
                "Bob_7_assignsubmission_file_/tiny.ipynb",
            ],
            ["Ada_Lovelace_12345", "Bob_7"],
        ),
        (["Ada Lovelace_12345_assignsubmission_file_/tiny.ipynb"], ["Ada_Lovelace_12345"]),
        (["Ada Lovelace_12345_assignsubmission_file/sub/tiny (2).ipynb"], ["Ada_Lovelace_12345"]),
        (["all/Ada Lovelace_12345_assignsubmission_file_/tiny.ipynb"], ["Ada_Lovelace_12345"]),
        (["Ada Lovelace_12345_assignsubmission_file_tiny.ipynb"], ["Ada_Lovelace_12345"]),
        (
            ["Ada_1_assignsubmission_file_/tiny.ipynb", "Ada_2_assignsubmission_file_/tiny.ipynb"],
            ["Ada_1", "Ada_2"],
        ),
        (
            ["lovelaceada_12345_67890_tiny.ipynb", "bb_LATE_11_22_tiny-1.ipynb"],
            ["bb_11", "lovelaceada_12345"],
        ),
        (["all/lovelaceada_12345_67890_tiny-3.ipynb"], ["lovelaceada_12345"]),
        (
            [
                "Zoë Núñez_3_assignsubmission_file_/tiny.ipynb",
                "潤_4_assignsubmission_file_/tiny.ipynb",
            ],
            ["Zoë_Núñez_3", "潤_4"],
        ),
    ],
)
def test_every_layout_of_a_download_is_known(course, download, files, students):
    items = collect(course, "tiny", download({path: path.encode() for path in files}))
    assert [item.status for item in items] == [COLLECTED] * len(files)
    assert sorted(submitted(course)) == sorted(f"{student}/tiny/tiny.ipynb" for student in students)
    assert sorted(submitted(course).values()) == sorted(path.encode() for path in files)
    assert {item.student: item.found.encode() for item in items} == {
        path.split("/")[0]: content for path, content in submitted(course).items()
    }


@pytest.mark.parametrize(
    "path", ["tiny.ipynb", "a/b/c/tiny.ipynb", "_tiny.ipynb", ".../tiny.ipynb"]
)
def test_what_does_not_tell_whose_it_is_stays_aside(course, download, path):
    items = collect(course, "tiny", download({path: b"1", "bob_tiny.ipynb": b"2"}))
    assert said(items) == {path: (None, ASIDE), "bob_tiny.ipynb": ("bob", COLLECTED)}
    assert (
        next(item.words for item in items if item.found == path)
        == "it does not tell whose it is: name it LOGIN_tiny.ipynb"
    )


def test_a_folder_in_a_folder_may_be_either_and_stays_aside(course, download):
    items = collect(course, "tiny", download({"all/ada/tiny.ipynb": b"1"}))
    assert words(items) == "of all or of ada? name it LOGIN_tiny.ipynb" and submitted(course) == {}


def test_other_files_are_named_and_leftovers_are_not(course, download):
    items = collect(
        course,
        "tiny",
        download(
            {
                "ada/tiny.ipynb": b"1",
                "ada/torch.py": b"",
                "ada/picture.png": b"",
                "ada/.DS_Store": b"",
                "__MACOSX/ada/._tiny.ipynb": b"",
                "ada/.ipynb_checkpoints/tiny-checkpoint.ipynb": b"",
                "ada/._tiny.ipynb": b"",
                "ada/timestamp.txt": b"2000-01-01 00:00:00 UTC",
            }
        ),
    )
    assert said(items) == {
        "ada/tiny.ipynb": ("ada", COLLECTED),
        "ada/torch.py": (None, OTHER),
        "ada/picture.png": (None, OTHER),
    }
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"1"}


@pytest.mark.parametrize(
    "files, taken",
    [
        (["ada/tiny.ipynb", "ada/scratch.ipynb", "bob/x.ipynb"], "ada/tiny.ipynb"),
        (["ada/tiny.ipynb", "ada/tiny (1).ipynb", "bob/x.ipynb"], "ada/tiny.ipynb"),
        (["ada/tiny.ipynb", "ada/old/tiny.ipynb", "bob/x.ipynb"], "ada/tiny.ipynb"),
        (["ada/tiny (1).ipynb", "ada/scratch.ipynb", "bob/x.ipynb"], "ada/tiny (1).ipynb"),
        (["ada/a.ipynb", "ada/b.ipynb", "bob/x.ipynb"], None),
        (["ada/tiny (1).ipynb", "ada/tiny (2).ipynb", "bob/x.ipynb"], None),
        (["ada_1_2_tiny.ipynb", "ada_1_3_tiny-1.ipynb", "bob_4_5_tiny.ipynb"], None),
        (["ada/v1/tiny.ipynb", "ada/v2/tiny.ipynb", "bob/x.ipynb"], None),
    ],
)
def test_of_several_notebooks_of_a_student_one_counts_or_none_is_taken(
    course, download, files, taken
):
    items = collect(course, "tiny", download({path: path.encode() for path in files}))
    assert {item.found for item in items if item.status == COLLECTED} == {
        path for path in (taken, files[-1]) if path
    }
    assert [path for path in submitted(course) if not path.startswith("bob")] == (
        [f"{taken.split('/')[0]}/tiny/tiny.ipynb"] if taken else []
    )
    left = [item for item in items if item.status == ASIDE]
    if taken:
        assert [item.words for item in left] == [f"{Path(taken).name} was taken"]
    else:
        assert {item.words for item in left} == {
            "one of 2 notebooks of this student: name the one that counts tiny.ipynb"
        }


def test_a_notebook_under_another_name_is_said(course, download):
    assert (
        words(collect(course, "tiny", download({"ada/final.ipynb": b"1"}))) == "under another name"
    )


@pytest.mark.parametrize("one, other", [("Ada", "ada"), ("a b", "a_b"), ("Zoë", "Zoe\u0308")])
def test_two_students_never_share_a_folder(course, tmp_path, one, other):
    origin = make_zip(
        tmp_path / "x.zip",
        {f"{one}_tiny.ipynb": b"1", f"{other}_tiny.ipynb": b"2", "bob_tiny.ipynb": b"3"},
    )
    items = collect(course, "tiny", origin)
    assert [item.status for item in items if item.student != "bob"] == [ASIDE, ASIDE]
    assert all("too much alike" in item.words for item in items if item.student != "bob")
    assert submitted(course) == {"bob/tiny/tiny.ipynb": b"3"}


@pytest.mark.parametrize(
    "name, made",
    [
        ("ada", "ada"),
        (" Ada  Lovelace ", "Ada_Lovelace"),
        ("..", None),
        ("...ada...", "ada"),
        (".ssh", "ssh"),
        ("", None),
        (" . ", None),
        ("a*b?[c]", "a_b_c_"),
        ("a/b\\c", "a_b_c"),
        ("C:x", "C_x"),
        ("a\0b\n\x1b", "a_b__"),
        ("\u202eada", "_ada"),
        ("a\udcff", "a_"),
        ("x" * 300, "x" * 100),
        ("O'Reilly, Jr", "O'Reilly,_Jr"),
        ("=cmd", "=cmd"),
    ],
)
def test_a_name_becomes_one_that_every_folder_may_have(name, made, tmp_path):
    assert safe(name) == made
    if made:
        (tmp_path / made).mkdir()
        assert [path.name for path in tmp_path.iterdir()] == [made] and safe(made) == made


def test_a_lab_is_part_of_a_name_only_at_its_end():
    assert owner(("a_tiny_tiny.ipynb",), "tiny", False) == ("a_tiny", "tiny.ipynb")
    assert owner(("a_tinyhouse.ipynb",), "tiny", False) == (None, "a_tinyhouse.ipynb")
    assert is_wrapped([], "tiny") is False


# --- times and what was there before -------------------------------------------------------------


def test_the_time_is_that_of_the_file_in_nbgraders_form(course, download):
    collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    assert time_of(course, "ada") == MADE
    assert (
        course.submitted("tiny", "ada") / "timestamp.txt"
    ).read_text() == "2026-03-01 12:30:44.000000 UTC"


@pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="the time zone of a process can be set on Unix alone"
)
def test_a_time_in_utc_within_an_archive_counts_more_than_the_local_one(
    course, tmp_path, monkeypatch
):
    info = zipfile.ZipInfo("ada_tiny.ipynb", (2026, 3, 1, 3, 0, 0))
    info.extra = struct.pack("<HH4s", 0x9999, 4, b"abcd") + struct.pack(
        "<HHBi", 0x5455, 5, 1, int(MADE.timestamp())
    )
    plain = zipfile.ZipInfo("bob_tiny.ipynb", (2026, 3, 1, 3, 0, 0))
    monkeypatch.setenv("TZ", "XYZ-5")  # five hours east of Greenwich
    time.tzset()
    try:
        collect(course, "tiny", make_zip(tmp_path / "x.zip", {info: b"1", plain: b"2"}))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert time_of(course, "ada") == MADE
    assert time_of(course, "bob") == datetime.datetime(
        2026, 2, 28, 22, 0, tzinfo=datetime.timezone.utc
    )


@pytest.mark.parametrize(
    "extra", [b"\x55\x54\x05\x00\x00abcd", b"\x55\x54", b"\x55\x54\x01\x00\x01", b"abc"]
)
@pytest.mark.parametrize(
    "moment", [(1980, 1, 1, 0, 0, 0), (1980, 0, 0, 0, 0, 0), (2026, 15, 40, 30, 70, 70)]
)
def test_a_time_that_is_none_is_not_written(course, tmp_path, moment, extra):
    info = zipfile.ZipInfo("ada_tiny.ipynb")
    info.date_time, info.extra = moment, extra
    (item,) = collect(course, "tiny", make_zip(tmp_path / "x.zip", {info: b"1"}))
    assert item.status == COLLECTED and time_of(course, "ada") is None


def test_the_same_notebook_again_changes_nothing(course, download):
    collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    before = course.submitted("tiny", "ada").stat().st_mtime_ns
    items = collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}, LATER))
    assert said(items) == {"ada_tiny.ipynb": ("ada", UNCHANGED)} and time_of(course, "ada") == MADE
    assert (
        course.submitted("tiny", "ada").stat().st_mtime_ns == before
        and not (course.folder / "kept").exists()
    )


def test_a_newer_notebook_takes_the_place_and_the_older_one_is_kept(course, download):
    for number, when in ((1, EARLIER), (2, MADE), (3, LATER)):
        items = collect(course, "tiny", download({"ada_tiny.ipynb": b"%d" % number}, when))
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"3"} and time_of(course, "ada") == LATER
    assert words(items) == "the one that was there is kept in grading/kept"
    kept = {
        path.name: path.read_bytes() for path in (course.folder / "kept" / "ada" / "tiny").iterdir()
    }
    assert kept == {"2026-03-01_11-30-44.ipynb": b"1", "2026-03-01_12-30-44.ipynb": b"2"}


def test_an_older_notebook_does_not_take_the_place(course, download):
    collect(course, "tiny", download({"ada_tiny.ipynb": b"2"}))
    items = collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}, EARLIER))
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"2"}
    assert words(items) == "older than the one that is there, of 2026-03-01 12:30 UTC"


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "\0"])
def test_a_notebook_without_a_time_gives_way_and_is_kept(course, download, stamp):
    folder = course.submitted("tiny", "ada")
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(b"0")
    os.utime(folder / "tiny.ipynb", (LATER.timestamp(), LATER.timestamp()))
    if stamp is not None:
        (folder / "timestamp.txt").write_text(stamp)
    collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"1"} and time_of(course, "ada") == MADE
    assert (
        course.folder / "kept" / "ada" / "tiny" / "2026-03-01_13-30-44.ipynb"
    ).read_bytes() == b"0"


def test_the_time_of_the_one_before_does_not_stay_with_one_that_has_none(course):
    put(course, "tiny", "ada", b"0", MADE)
    put(course, "tiny", "ada", b"1", None)
    assert submitted(course) == {"ada/tiny/tiny.ipynb": b"1"} and time_of(course, "ada") is None


def test_two_kept_of_one_second_are_two_and_the_same_one_is_one(course):
    for content in (b"0", b"1", b"2", b"0", b"1"):
        put(course, "tiny", "ada", content, MADE)
    kept = {
        path.name: path.read_bytes() for path in (course.folder / "kept" / "ada" / "tiny").iterdir()
    }
    assert kept == {
        "2026-03-01_12-30-44.ipynb": b"0",
        "2026-03-01_12-30-44_2.ipynb": b"1",
        "2026-03-01_12-30-44_3.ipynb": b"2",
    }


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_run_that_is_cut_off_loses_nothing_and_the_next_one_ends_it(course, monkeypatch, cut):
    put(course, "tiny", "ada", b"old", EARLIER)
    calls, whole = iter(range(1, 10)), collecting.write

    def cut_off(path, content):
        if next(calls) == cut:
            raise KeyboardInterrupt
        whole(path, content)

    monkeypatch.setattr(collecting, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        put(course, "tiny", "ada", b"new", MADE)
    assert submitted(course)["ada/tiny/tiny.ipynb"] == b"old"
    monkeypatch.undo()
    put(course, "tiny", "ada", b"new", MADE)
    assert submitted(course)["ada/tiny/tiny.ipynb"] == b"new" and time_of(course, "ada") == MADE
    assert b"old" in [path.read_bytes() for path in (course.folder / "kept").rglob("*.ipynb")]


@posix
@pytest.mark.parametrize("place", ["ada", "ada/tiny", "ada/tiny/tiny.ipynb"])
def test_nothing_is_written_through_a_link(course, download, tmp_path, place):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "tiny.ipynb").write_bytes(b"precious")
    link = course.folder / "submitted" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside / "tiny.ipynb" if place.endswith(".ipynb") else outside)
    items = collect(course, "tiny", download({"ada_tiny.ipynb": b"1"}))
    assert said(items) == {"ada_tiny.ipynb": ("ada", ASIDE)} and words(items) == f"{link} is a link"
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {
        "tiny.ipynb": b"precious"
    }


# --- what must not come in -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "../ada_tiny.ipynb",
        "ada/../../tiny.ipynb",
        "/tmp/ada_tiny.ipynb",
        "..\\ada_tiny.ipynb",
        "C:\\ada_tiny.ipynb",
        "C:/x/tiny.ipynb",
        "\\\\host\\ada_tiny.ipynb",
    ],
)
def test_a_path_that_leads_out_of_an_archive_is_refused(course, tmp_path, path):
    before = set(tmp_path.rglob("*"))
    origin = make_zip(tmp_path / "x.zip", {path: b"1", "bob_tiny.ipynb": b"2"})
    items = collect(course, "tiny", origin)
    assert [(item.status, item.words) for item in items if item.student != "bob"] == [
        (ASIDE, "its path leads out of the archive")
    ]
    made = {
        path.relative_to(tmp_path).as_posix()
        for path in set(tmp_path.rglob("*")) - before
        if path.is_file()
    }
    assert made == {
        "x.zip",
        "course/grading/submitted/bob/tiny/tiny.ipynb",
        "course/grading/submitted/bob/tiny/timestamp.txt",
    }


@pytest.mark.parametrize(
    "kind, reason",
    [
        (stat.S_IFLNK, "a link, not a file"),
        (stat.S_IFCHR, "a device, not a file"),
        (stat.S_IFIFO, "a device, not a file"),
    ],
)
def test_links_and_devices_in_an_archive_are_refused(course, tmp_path, kind, reason):
    origin = make_zip(
        tmp_path / "x.zip", {"ada_tiny.ipynb": b"/etc/passwd"}, external_attr=(kind | 0o777) << 16
    )
    assert words(collect(course, "tiny", origin)) == reason and submitted(course) == {}


@posix
def test_links_and_pipes_in_a_folder_are_refused(course, tmp_path):
    origin, secret = tmp_path / "download", tmp_path / "secret"
    origin.mkdir()
    secret.mkdir()
    (secret / "tiny.ipynb").write_text("secret")
    (origin / "ada_tiny.ipynb").symlink_to(secret / "tiny.ipynb")
    (origin / "bob").symlink_to(secret)
    os.mkfifo(origin / "cy_tiny.ipynb")
    items = collect(course, "tiny", origin)
    assert {item.found: item.words for item in items} == {
        "ada_tiny.ipynb": "a link, not a file",
        "bob": "a link, not a file",
        "cy_tiny.ipynb": "a pipe, not a file",
    }
    assert submitted(course) == {}


@pytest.mark.parametrize("name", ["ada.zip", "ada/tiny.ZIP", "ada/tiny.tar.gz", "ada_tiny.7z"])
def test_an_archive_in_a_download_is_refused_and_named(course, download, name):
    inner = io.BytesIO()
    make_zip(inner, {"tiny.ipynb": b"1"})
    items = collect(course, "tiny", download({name: inner.getvalue(), "bob_tiny.ipynb": b"2"}))
    assert [(item.found, item.status, item.words) for item in items if item.student != "bob"] == [
        (name, ASIDE, "an archive: unpack it first")
    ]
    assert submitted(course) == {"bob/tiny/tiny.ipynb": b"2"}


def test_an_archive_that_unpacks_to_too_much_is_refused_whole(course, tmp_path, monkeypatch):
    monkeypatch.setattr(download_of, "MOST_BYTES", 10_000)
    origin = make_zip(tmp_path / "x.zip", {f"{name}_tiny.ipynb": b"0" * 4_000 for name in "abc"})
    with pytest.raises(GradingError, match="holds more than"):
        collect(course, "tiny", origin)
    assert submitted(course) == {}


def test_a_download_of_too_many_files_is_refused_whole(course, download, monkeypatch):
    monkeypatch.setattr(download_of, "MOST_ENTRIES", 3)
    with pytest.raises(GradingError, match="holds more than 3 files"):
        collect(course, "tiny", download({f"{name}_tiny.ipynb": b"0" for name in "abcd"}))
    assert submitted(course) == {}


def test_a_notebook_over_the_limit_is_left_aside(course, download, monkeypatch):
    monkeypatch.setattr(download_of, "LARGEST", 1000)
    monkeypatch.setattr("grader.intake.folder.bytes_of.__defaults__", (1000,))
    items = collect(
        course, "tiny", download({"ada_tiny.ipynb": b"0" * 1001, "bob_tiny.ipynb": b"0" * 1000})
    )
    assert said(items) == {
        "ada_tiny.ipynb": (said(items)["ada_tiny.ipynb"][0], ASIDE),
        "bob_tiny.ipynb": ("bob", COLLECTED),
    }
    assert "larger than 0 MB" in next(item.words for item in items if item.status == ASIDE)


def broken(content, old, new):
    assert old in content
    return content.replace(old, new)


@pytest.mark.parametrize(
    "damage, reason",
    [
        (
            lambda content: content[:45] + b"\xff\xff\xff" + content[48:],
            "it cannot be read",
        ),  # the compressed bytes
        (
            lambda content: broken(
                content,
                b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00",
                b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63\x00",
            ),
            "it cannot be read",
        ),  # an unknown method
        (
            lambda content: broken(
                content,
                b"PK\x01\x02\x14\x03\x14\x00\x00\x00",
                b"PK\x01\x02\x14\x03\x14\x00\x01\x00",
            ),
            "protected by a password",
        ),
    ],
)
def test_an_entry_that_cannot_be_read_is_left_aside(course, tmp_path, damage, reason):
    origin = make_zip(tmp_path / "x.zip", {"ada_tiny.ipynb": bytes(range(256))})
    origin.write_bytes(damage(origin.read_bytes()))
    (item,) = collect(course, "tiny", origin)
    assert item.status == ASIDE and item.words.startswith(reason) and submitted(course) == {}


def test_an_entry_that_lies_about_its_size_is_not_believed(course, tmp_path):
    origin = make_zip(tmp_path / "x.zip", {"ada_tiny.ipynb": b"0" * 1_000_000})
    origin.write_bytes(
        origin.read_bytes().replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))
    )
    (item,) = collect(course, "tiny", origin)
    assert item.status == ASIDE and submitted(course) == {}


def test_an_entry_that_is_there_twice_is_left_aside(course, tmp_path):
    origin = tmp_path / "x.zip"
    with pytest.warns(UserWarning), zipfile.ZipFile(origin, "w") as archive:
        archive.writestr("ada_tiny.ipynb", b"1")
        archive.writestr("ada_tiny.ipynb", b"2")
    assert [item.status for item in collect(course, "tiny", origin)] == [
        ASIDE,
        ASIDE,
    ] and submitted(course) == {}


def test_a_download_that_is_none_is_said(course, tmp_path):
    with pytest.raises(GradingError, match="There is no"):
        collect(course, "tiny", tmp_path / "gone.zip")
    (tmp_path / "x.tar").write_bytes(b"no zip")
    with pytest.raises(GradingError, match="neither a folder nor a .zip"):
        collect(course, "tiny", tmp_path / "x.tar")
    origin = make_zip(tmp_path / "x.zip", {"ada_tiny.ipynb": b"1"})
    origin.write_bytes(origin.read_bytes().replace(b"PK\x01\x02", b"PK\x09\x09"))
    with pytest.raises(GradingError, match="cannot be read"):
        collect(course, "tiny", origin)
    with pytest.raises(GradingError, match="There is no lab 'huge'"):
        collect(course, "huge", tmp_path)


# --- the command ---------------------------------------------------------------------------------


def run(course, *arguments):
    return main(["--course", str(course.root), "collect", "tiny", *map(str, arguments)])


def test_the_command_prints_what_went_where_and_what_did_not(course, download, capsys):
    origin = download({"ada_tiny.ipynb": b"1", "tiny.ipynb": b"2", "notes.pdf": b""})
    assert run(course, origin) == 1
    printed = capsys.readouterr().out
    assert "1 collected, 1 left aside, 1 no notebook" in printed and "[" not in printed
    assert all(line.count("ada") <= 2 and len(line) <= 100 for line in printed.splitlines())
    (course.submitted("tiny", "ada") / "tiny.ipynb").unlink()
    assert run(
        course,
        download({"ada_tiny.ipynb": b"1"})
        if origin.is_dir()
        else make_zip(origin, {"ada_tiny.ipynb": b"1"}),
    ) == (1 if origin.is_dir() else 0)


def test_a_dry_run_says_the_same_and_writes_nothing(course, download, capsys):
    put(course, "tiny", "bob", b"0", EARLIER)
    before = submitted(course)
    origin = download({"ada_tiny.ipynb": b"1", "bob_tiny.ipynb": b"2"})
    assert run(course, origin, "--dry-run") == 0
    dry = capsys.readouterr().out
    assert submitted(course) == before and not (course.folder / "kept").exists()
    assert run(course, origin) == 0
    assert capsys.readouterr().out == dry.replace(" (nothing was written)", "") != dry
    assert run(course, origin) == 0 and "2 there already" in capsys.readouterr().out


def test_a_download_without_notebooks_is_no_success(course, download, capsys):
    assert run(course, download({"notes.pdf": b""})) == 1
    assert run(course, Path("gone")) == 1 and "There is no gone" in capsys.readouterr().err


def test_a_name_cannot_write_on_the_terminal(course, tmp_path, capsys):
    assert run(course, make_zip(tmp_path / "x.zip", {"[red]\x1b[31m_tiny.ipynb": b"1"})) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "[red]?[31m_tiny.ipynb" in printed and "_red_" in printed
