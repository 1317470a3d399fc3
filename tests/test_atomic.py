"""Files appear complete or not at all, also when the process is killed."""

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from negcolor.atomic import atomic_write
from negcolor.images.io import read, write

PROGRAM = """
import os, signal, sys
from pathlib import Path
from negcolor.atomic import atomic_write

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment, path, overwrite = sys.argv[1], Path(sys.argv[2]), bool(int(sys.argv[3]))
if moment in ("fsync", "link"):
    setattr(os, moment, die)
with atomic_write(path, overwrite=overwrite) as file:
    file.write(b"half")
    file.flush()
    if moment == "half":
        die()
    file.write(b" and half")
"""


def run(moment: str, path, overwrite: bool) -> int:
    command = [sys.executable, "-c", PROGRAM, moment, str(path), str(int(overwrite))]
    return subprocess.run(command, check=False).returncode


def nameless_files_work(folder) -> bool:
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR))
    except (AttributeError, OSError):
        return False
    return True


@pytest.mark.parametrize("moment", ["half", "fsync", "link"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_killed_writer_leaves_nothing_behind(tmp_path, moment, overwrite):
    if not nameless_files_work(tmp_path):
        pytest.skip("this file system has no nameless files")
    if overwrite:
        (tmp_path / "a").write_bytes(b"old")
    assert run(moment, tmp_path / "a", overwrite) == -signal.SIGKILL
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"] * overwrite
    assert run("never", tmp_path / "a", overwrite) == 0
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"half and half"]


def test_killed_at_any_time_images_are_whole(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 65536, (300, 400, 3), dtype=np.uint16)
    write(tmp_path / "expected.tif", pixels)
    program = (
        "import sys, itertools; from negcolor.images.io import read, write\n"
        "pixels = read(sys.argv[1]); print(flush=True)\n"
        "for i in itertools.count(): write(f'{sys.argv[2]}/{i}.tif', pixels)"
    )
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        command = [sys.executable, "-c", program, str(tmp_path / "expected.tif"), str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.read(1)
            time.sleep(0.05 + 0.037 * attempt)
            process.kill()
        files = list(folder.iterdir()) if folder.is_dir() else []
        assert nameless_files_work(tmp_path) <= all(file.suffix == ".tif" for file in files)
        for file in folder.glob("*.tif"):
            np.testing.assert_array_equal(read(file), pixels)


@pytest.mark.parametrize("missing", ["O_TMPFILE", "link"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_file_systems_without_nameless_files(tmp_path, monkeypatch, missing, overwrite):
    if missing == "O_TMPFILE":
        monkeypatch.delattr(os, "O_TMPFILE")
    else:

        def refuse(*_, **__):
            raise OSError(errno.EXDEV, "Invalid cross-device link")

        monkeypatch.setattr(os, "link", refuse)
    if overwrite:
        (tmp_path / "a").write_bytes(b"old")
    with atomic_write(tmp_path / "a", overwrite=overwrite) as file:
        file.write(b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]
    with pytest.raises(FileExistsError), atomic_write(tmp_path / "a") as file:
        file.write(b"newer")
    with pytest.raises(ZeroDivisionError), atomic_write(tmp_path / "b") as file:
        file.write(bytes(1 // 0))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]


def test_a_file_that_appears_meanwhile_stays(tmp_path):
    def write_both():
        with atomic_write(tmp_path / "a") as file:
            file.write(b"ours")
            (tmp_path / "a").write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        write_both()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "usual").touch()
    with atomic_write(tmp_path / "a") as file:
        file.write(b"new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode
