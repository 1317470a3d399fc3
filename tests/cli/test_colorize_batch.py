"""A box of scans through negcolor-colorize that is killed, interrupted, or left by its server."""

import os
import re
import resource
import signal
import subprocess
import threading

import imagecodecs
import numpy as np
import pytest

from negcolor.cli.colorize import main
from negcolor.images.io import read, write
from negcolor.inference import serving_client as client

INTERRUPTED = "negcolor-colorize: interrupted: the same command does the rest."


@pytest.fixture
def server(stand_in):
    """A served model that inverts; with it a command needs no TensorFlow and starts quickly."""
    return stand_in


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """Forty scans of 16 bits in a tree."""
    folder = tmp_path_factory.mktemp("box")
    rng = np.random.default_rng(0)
    for number in range(40):
        image = rng.integers(0, 65536, (200, 300, 3), dtype="uint16")
        write(folder / f"roll {number % 8}" / f"{number}.tif", image)
    return folder


def assert_inverted(box, output, number):
    """Exactly this many results are there, right ones, and nothing beside them."""
    files = [path for path in output.rglob("*") if not path.is_dir()]
    assert len(files) == number
    for path in files:
        scan = read(box / path.relative_to(output)).astype(int)
        assert np.abs(65535 - scan - read(path)).max() <= 1


@pytest.fixture
def at_request(installed, server):
    """Starts a command that gets a signal when the server has its n-th request, and its end."""

    def start(number, sent, *arguments):
        invert, asked, ended = server.model, [], threading.Event()

        def answer(files):
            asked.append(files)
            if len(asked) == number:
                process.send_signal(sent)
                ended.wait(60)
                raise ConnectionError  # nobody listens any more
            return invert(files)

        server.model, server.handle_error = answer, lambda *_: None
        command = [installed("negcolor-colorize"), *map(str, arguments)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        stdout, stderr = process.communicate(timeout=60)
        ended.set()
        server.model = invert
        return process.returncode, stdout, stderr

    return start


@pytest.mark.slow
def test_killed_a_batch_is_completed_by_the_next_call(at_request, call_main, server, box, tmp_path):
    options = [box, "--server", server.url, "--method", "whole", "--output", tmp_path / "out"]
    for number in (1, 2, 5):
        code, _, _ = at_request(number, signal.SIGKILL, *options)
        assert code == -signal.SIGKILL
        for path in tmp_path.rglob("[!.]*.tif"):
            assert read(path).shape == (200, 300, 3)  # whole
    code, stdout, stderr = call_main(main, "negcolor-colorize", *options)
    assert code == 0, stderr
    assert stdout.endswith(f" of 40 pictures to {tmp_path / 'out'}.\n")
    assert_inverted(box, tmp_path / "out", 40)


@pytest.mark.slow
def test_an_interrupted_batch_stops_cleanly_and_goes_on(
    at_request, call_main, server, box, tmp_path
):
    options = [box, "--server", server.url, "--method", "whole", "--output", tmp_path]
    code, stdout, stderr = at_request(4, signal.SIGINT, *options)
    assert code == 130
    assert "Traceback" not in stderr
    assert stderr.splitlines()[-1] == INTERRUPTED
    assert re.search(r"converted, whole +3 ", stdout)
    assert_inverted(box, tmp_path, 3)

    code, stdout, _ = call_main(main, "negcolor-colorize", *options)
    assert code == 0
    assert stdout.endswith(f"\nWrote 37 of 40 pictures to {tmp_path}.\n")
    assert_inverted(box, tmp_path, 40)


def test_a_server_that_dies_ends_the_batch_at_once(
    call_main, complaints, server, box, tmp_path, monkeypatch
):
    monkeypatch.setattr(client, "FIRST_WAIT", 0.001)
    invert, asked = server.model, []

    def die_at_the_fourth_image(files):
        asked.append(files)
        if len(asked) == 4:
            server.socket.close()  # new connections will be refused
            raise ConnectionError
        return invert(files)

    server.model = die_at_the_fourth_image
    server.handle_error = lambda *_: None
    options = [box, "--server", server.url, "--method", "whole", "--output", tmp_path]
    code, stdout, stderr = call_main(main, "negcolor-colorize", *options)
    assert code == 2
    failed, gone = complaints(stderr)
    assert server.url in failed
    assert server.url in gone
    assert "converted, whole" in stdout
    assert_inverted(box, tmp_path, 3)


@pytest.mark.slow
def test_a_full_disk_costs_a_line_per_scan_and_leaves_nothing(
    command, complaints, server, box, tmp_path
):
    write(tmp_path / "small.png", np.full((9, 9, 3), 1000, "uint16"))

    def small_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    scans = [box / "roll 1", tmp_path / "small.png"]
    options = ["--server", server.url, "--method", "whole", "--output", tmp_path / "out"]
    result = command("negcolor-colorize", *scans, *options, preexec_fn=small_disk)
    assert result.returncode == 2
    sentences = complaints(result.stderr)
    assert len(sentences) == 5
    assert all("cannot be written (File too large)" in sentence for sentence in sentences)
    assert os.listdir(tmp_path / "out") == ["small.png"]


def test_a_contact_sheet_of_new_and_old_results(call_main, server, box, tmp_path):
    sheet = tmp_path / "out" / "sheet.png"
    options = ["--server", server.url, "--output", tmp_path / "out"]
    assert call_main(main, "negcolor-colorize", box / "roll 0", *options)[0] == 0
    options += ["--contact-sheet", sheet]
    code, _, stderr = call_main(main, "negcolor-colorize", box / "roll 0", *options)
    assert code == 0, stderr
    drawn = sheet.read_bytes()
    code, _, stderr = call_main(main, "negcolor-colorize", box / "roll 0", *options)
    assert f"{sheet} exists already and stays; --overwrite draws it again." in stderr
    assert sheet.read_bytes() == drawn
    code, _, stderr = call_main(main, "negcolor-colorize", box / "roll 0", *options, "--overwrite")
    assert code == 0, stderr
    np.testing.assert_array_equal(read(sheet), imagecodecs.png_decode(drawn))
    assert len(os.listdir(tmp_path / "out")) == 5 + 1
