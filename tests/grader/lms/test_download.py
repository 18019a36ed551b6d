"""What is in a download: its times, and what must not come in."""

import datetime
import io
import os
import stat
import struct
import time
import zipfile

import pytest

from grader.course.folders import GradingError
from grader.lms import download as download_of
from grader.lms.collect import ASIDE, COLLECTED, collect
from tests.grader.lms.downloads import MADE, make_zip, posix, said, submitted, time_of, words


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
    assert time_of(course, "bob") == datetime.datetime(2026, 2, 28, 22, 0, tzinfo=datetime.UTC)


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
        "course/grading/collected/tiny.json",
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


def zipped(files):
    return make_zip(io.BytesIO(), files).getvalue()


def test_a_notebook_in_a_students_archive_is_theirs_at_the_platforms_time(course, tmp_path):
    inner = zipped({"work/tiny.ipynb": b"1", "__MACOSX/._tiny.ipynb": b"", "data.csv": b""})
    files = {"ada_1_2_work.zip": inner, "bb_3_4_x.zip": zipped({"deep.zip": inner})}
    items = collect(course, "tiny", make_zip(tmp_path / "x.zip", files))
    assert submitted(course) == {"ada_1/tiny/tiny.ipynb": b"1", "bb_3/tiny/tiny.ipynb": b"1"}
    assert [item.status for item in items] == [COLLECTED] * 2


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"not a zip", "was not opened"),
        (zipped({f"{number}.ipynb": b"" for number in range(1001)}), "more than 1,000 files"),
        (zipped({"1.zip": zipped({"2.zip": zipped({"x.ipynb": b""})})}), "more than 2 archives"),
        (zipped({"../x.ipynb": b""}), "its path leads out"),
    ],
)
def test_an_archive_that_is_too_much_is_named_and_others_are_collected(
    course, tmp_path, content, reason
):
    origin = make_zip(tmp_path / "x.zip", {"ada_1_2_x.zip": content, "bb_3_4_tiny.ipynb": b"2"})
    items = collect(course, "tiny", origin)
    assert submitted(course) == {"bb_3/tiny/tiny.ipynb": b"2"}
    assert [item.status for item in items if item.student != "bb_3"] == [ASIDE]
    assert any(reason in item.words for item in items)


def test_many_archives_in_one_are_not_all_opened(course, tmp_path):
    many = zipped(
        {f"{number}.zip": zipped({f"{n}.ipynb": b"" for n in range(9)}) for number in range(200)}
    )
    origin = make_zip(tmp_path / "x.zip", {"ada_1_2_x.zip": many})
    assert "more than 1,000 files" in words(collect(course, "tiny", origin))


def test_names_in_utf_8_without_a_flag_are_read_as_utf_8(course, tmp_path):
    name = "Zoë 潤_3_assignsubmission_file_/tiny.ipynb"
    origin = make_zip(tmp_path / "x.zip", {name: b"1"})
    content = bytearray(origin.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place + 1] &= ~8  # the flag that says UTF-8
    origin.write_bytes(content)
    (item,) = collect(course, "tiny", origin)
    assert (item.found, item.student) == (name, "Zoë_潤_3")
