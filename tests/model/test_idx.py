"""idx files written here are read as numpy wrote them; what is wrong with one is said; nothing is
fetched unasked.
"""

import gzip
import hashlib
import socket
import struct
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy
import pytest
import torch

from utils.experiments.lottery_tickets import tickets
from utils.model import idx
from utils.model.data import fashion_mnist, mnist

NAMES = [file for files in idx.PARTS.values() for file in files]


def written(path, array, magic=None):
    """`array` as an idx file; packed if the name says so."""
    content = (
        struct.pack(f">i{array.ndim}i", magic or 2048 + array.ndim, *array.shape)
        + array.astype("u1").tobytes()
    )
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture
def arrays():
    """The four files' content, 60 pictures to train and 20 to test, of 3 rows and 4 columns."""
    generator = numpy.random.default_rng(0)
    return {
        file: generator.integers(0, 10, n)
        if "labels" in file
        else generator.integers(0, 256, (n, 3, 4))
        for file, n in zip(NAMES, (60, 60, 20, 20))
    }


@pytest.fixture
def folder(tmp_path, arrays):
    for number, (file, array) in enumerate(arrays.items()):
        written(tmp_path / (f"{file}.gz" if number % 2 else file), array)  # two of them packed
    return tmp_path


@pytest.mark.parametrize("load", [mnist, fashion_mnist])
def test_the_data_are_those_of_the_files_flat_scaled_as_digits_are_and_split_in_order(
    load, folder, arrays
):
    data = load(folder)
    assert [tuple(x.shape) for x, _ in data] == [(50, 12), (10, 12), (20, 12)]
    assert all(x.dtype == torch.float32 and y.dtype == torch.int64 for x, y in data)
    for (images, labels), x, y in zip(
        idx.PARTS.values(),
        (torch.cat([data.train[0], data.validation[0]]), data.test[0]),
        (torch.cat([data.train[1], data.validation[1]]), data.test[1]),
    ):
        assert torch.allclose(
            x, torch.tensor(arrays[images] / 255 - 0.3).flatten(1).float(), atol=1e-6
        )
        assert y.tolist() == arrays[labels].tolist()


def test_the_parts_share_the_memory_of_the_training_file(folder):
    train, validation = (part[0] for part in mnist(folder)[:2])
    assert validation.data_ptr() == train.data_ptr() + train.nbytes


@pytest.mark.parametrize("shape", [(7,), (5, 3, 4), (0, 28, 28), (300, 2, 1)])
@pytest.mark.parametrize("name", ["plain", "packed.gz"])
def test_reading_gives_back_what_was_written(tmp_path, shape, name):
    array = numpy.random.default_rng(1).integers(0, 256, shape)
    assert numpy.array_equal(idx.read_idx(written(tmp_path / name, array), len(shape)), array)


def test_a_file_that_a_browser_unpacked_but_did_not_rename_is_read(tmp_path):
    array = numpy.arange(9)
    path = written(tmp_path / "plain", array).rename(tmp_path / "labels.gz")
    assert numpy.array_equal(idx.read_idx(path, 1), array)


def test_a_missing_file_is_named_with_the_folder_the_four_names_and_what_to_do(folder):
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(idx.IdxError) as error:
        mnist(folder)
    text = str(error.value)
    assert text.startswith("mnist: t10k-labels-idx1-ubyte.gz is missing") and str(folder) in text
    assert all(f"{name}.gz" in text for name in NAMES)
    assert (
        idx.SOURCES["mnist"].address in text
        and f'python -m utils.model.idx mnist --folder "{folder}"' in text
    )


def test_without_a_folder_it_looks_in_that_of_the_data_set(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(idx, "FOLDER", tmp_path / "data")
    with pytest.raises(idx.IdxError, match="fashion-mnist: .* is missing"):
        fashion_mnist()
    (tmp_path / "data" / "fashion-mnist").mkdir(parents=True)
    for path in folder.glob("*ubyte*"):
        path.rename(tmp_path / "data" / "fashion-mnist" / path.name)
    assert len(fashion_mnist().train[1]) == 50


@pytest.mark.parametrize("cut", [0, 3, 4, 9, 15, 16, 50])
def test_a_cut_file_is_named(tmp_path, cut):
    path = written(tmp_path / "images", numpy.ones((5, 3, 4)))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(idx.IdxError, match="images.*(cut or damaged|magic number)"):
        idx.read_idx(path, 3)


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-9],
        lambda packed: packed[:12] + b"\xff" * 8 + packed[20:],
        lambda packed: packed[:-8] + b"1234" + packed[-4:],
    ],
)
def test_a_packed_file_that_is_cut_or_damaged_is_named(tmp_path, damage):
    path = written(tmp_path / "images.gz", numpy.random.default_rng(0).integers(0, 256, (5, 3, 4)))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(idx.IdxError, match="images.gz is cut or damaged, it cannot be unpacked"):
        idx.read_idx(path, 3)


def test_bytes_too_many_are_damage_too(tmp_path):
    path = written(tmp_path / "labels", numpy.arange(5))
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(
        idx.IdxError,
        match="labels is cut or damaged: it has 14 bytes unpacked, and 5 entries need 13",
    ):
        idx.read_idx(path, 1)


def test_labels_in_the_place_of_pictures_are_told_by_their_magic_number(folder, arrays):
    written(folder / NAMES[0], arrays[NAMES[1]])
    with pytest.raises(
        idx.IdxError,
        match="train-images-idx3-ubyte: its magic number is 2049, and 2051 is expected",
    ):
        mnist(folder)


def test_other_entries_than_unsigned_bytes_are_refused(tmp_path):
    with pytest.raises(idx.IdxError, match="magic number is 3329"):  # 0x0D01: floats
        idx.read_idx(written(tmp_path / "floats", numpy.zeros(3), magic=0x0D01), 1)


def test_pictures_and_labels_of_different_number_are_refused(folder, arrays):
    written(folder / "t10k-labels-idx1-ubyte.gz", arrays["t10k-labels-idx1-ubyte"][:-1])
    with pytest.raises(
        idx.IdxError, match="has 20 pictures, .*t10k-labels-idx1-ubyte.gz has 19 labels"
    ):
        mnist(folder)


def test_the_command_of_the_tickets_trains_on_the_files(folder, monkeypatch, capsys, tmp_path):
    out = tmp_path / "rows.json"
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "tickets",
            "--data",
            "mnist",
            "--folder",
            str(folder),
            "--seeds",
            "2",
            "--levels",
            "2",
            "--steps",
            "3",
            "--json",
            str(out),
        ],
    )
    tickets.main()
    assert '"widths": [12, 200, 100, 10]' in out.read_text() and "retain" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options, message",
    [
        (
            ["--data", "mnist", "--folder", "no such folder"],
            "train-images-idx3-ubyte.gz is missing",
        ),
        (["--data", "digits", "--folder", "x"], None),
    ],
)
def test_the_command_of_the_tickets_says_what_is_missing_without_a_traceback(
    options, message, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", ["tickets", *options])
    with pytest.raises(SystemExit) as stop:
        tickets.main()
    assert (
        message in str(stop.value.code)
        if message
        else "digits needs no files" in capsys.readouterr().err
    )


class Server(ThreadingHTTPServer):
    """Serves `files`, {path: bytes}; `asked` are the paths that were asked for. A path in `cut`
    gets half of its bytes.
    """

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.asked, self.cut = files, [], set()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path[1:])
        content = self.server.files.get(self.path[1:])
        if content == b"no HTTP":
            return self.wfile.write(content)
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        content = content or b""
        self.wfile.write(
            content[: len(content) // 2] if self.path[1:] in self.server.cut else content
        )

    def log_message(self, *_):
        pass


@pytest.fixture
def server(arrays, tmp_path, monkeypatch):
    """A loopback server in the place of MNIST's."""
    (tmp_path / "published").mkdir()
    files = {
        f"{file}.gz": written(tmp_path / "published" / f"{file}.gz", array).read_bytes()
        for file, array in arrays.items()
    }
    with Server(files) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        sums = {file: hashlib.md5(content).hexdigest() for file, content in files.items()}
        monkeypatch.setitem(
            idx.SOURCES, "mnist", idx.Source(f"http://127.0.0.1:{running.server_port}/", sums)
        )
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def fetch(tmp_path, monkeypatch):
    """The command, into a folder that is not there yet; returns what it would end with, None or a
    message.
    """

    def run(folder):
        monkeypatch.setattr(sys, "argv", ["idx", "mnist", "--folder", str(folder)])
        try:
            idx.main()
        except SystemExit as stop:
            return stop.code

    return partial(run, tmp_path / "new" / "mnist")


def there(tmp_path):
    return sorted(path.name for path in (tmp_path / "new" / "mnist").glob("*"))


def test_the_command_fetches_the_four_files_once_and_the_data_can_be_read(server, fetch, tmp_path):
    assert fetch() is None and sorted(server.asked) == there(tmp_path) == sorted(server.files)
    assert len(mnist(tmp_path / "new" / "mnist").train[1]) == 50
    assert fetch() is None and len(server.asked) == 4  # nothing is fetched again


def test_a_cut_answer_is_not_used_and_the_next_run_goes_on_from_there(server, fetch, tmp_path):
    second = f"{NAMES[1]}.gz"
    server.cut.add(second)
    assert f"{second} came cut or changed" in fetch() and there(tmp_path) == [f"{NAMES[0]}.gz"]
    server.cut.clear()
    assert (
        fetch() is None
        and server.asked.count(f"{NAMES[0]}.gz") == 1
        and there(tmp_path) == sorted(server.files)
    )


def test_a_run_that_was_killed_leaves_nothing_that_is_taken_for_a_file(server, fetch, tmp_path):
    (tmp_path / "new" / "mnist").mkdir(parents=True)
    (tmp_path / "new" / "mnist" / f"{NAMES[0]}.gz.part").write_bytes(
        server.files[f"{NAMES[0]}.gz"] * 2
    )
    with pytest.raises(idx.IdxError, match="missing"):
        mnist(tmp_path / "new" / "mnist")
    assert fetch() is None and there(tmp_path) == sorted(server.files)


def test_a_file_with_another_sum_is_named_and_left_as_it_is(server, fetch, tmp_path):
    (tmp_path / "new" / "mnist").mkdir(parents=True)
    other = tmp_path / "new" / "mnist" / f"{NAMES[2]}.gz"
    other.write_bytes(b"somebody's own")
    message = fetch()
    assert (
        f"{other} is not the published file" in message
        and hashlib.md5(b"somebody's own").hexdigest() in message
    )
    assert other.read_bytes() == b"somebody's own" and other.name not in server.asked


def test_a_file_that_the_server_does_not_have_is_said(server, fetch):
    del server.files[f"{NAMES[0]}.gz"]
    assert "404" in fetch()


def test_an_answer_that_is_no_http_is_said(server, fetch):
    server.files[f"{NAMES[0]}.gz"] = b"no HTTP"
    assert "could not be fetched: no HTTP" in fetch()


def test_without_a_network_the_message_has_the_address_the_names_and_the_folder(
    fetch, tmp_path, monkeypatch
):
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))  # nobody listens there
        address = f"http://127.0.0.1:{dead.getsockname()[1]}/"
        monkeypatch.setitem(idx.SOURCES, "mnist", idx.Source(address, idx.SOURCES["mnist"].sums))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        message = fetch()
    assert (
        "could not be fetched" in message
        and message.count(address) == 2
        and str(tmp_path / "new" / "mnist") in message
    )
    assert all(f"{name}.gz" in message for name in NAMES) and there(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(server, fetch, tmp_path):
    (tmp_path / "new").write_text("a file in the way")
    assert "could not be fetched" in fetch()


def test_loading_opens_no_connection(folder, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a connection")

    monkeypatch.setattr(idx, "urlopen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    mnist(folder)
    (folder / NAMES[0]).unlink()
    with pytest.raises(idx.IdxError):
        mnist(folder)
