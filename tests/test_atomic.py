"""Files appear complete or not at all, also when the process is killed."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from negcolor.atomic import (
    atomic_directory,
    atomic_path,
    atomic_write,
    atomic_write_text,
    remove_leftovers,
)

PROGRAM = """
import os, signal, sys
from pathlib import Path
from negcolor.atomic import atomic_write

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment, path, overwrite = sys.argv[1], Path(sys.argv[2]), bool(int(sys.argv[3]))
if moment in ("fsync", "link", "replace"):
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


def contents(folder):
    return [path.read_bytes() for path in folder.iterdir()]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["half", "fsync", "link or replace"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_killed_writer_leaves_the_old_file_and_something_to_remove(tmp_path, moment, overwrite):
    file = tmp_path / "a"
    if overwrite:
        file.write_bytes(b"old")
    if moment == "link or replace":
        moment = "replace" if overwrite else "link"
    assert run(moment, file, overwrite) == -signal.SIGKILL
    assert ([file.read_bytes()] if file.exists() else []) == [b"old"] * overwrite
    remove_leftovers(tmp_path, before=float("inf"))
    assert contents(tmp_path) == [b"old"] * overwrite
    assert run("never", file, overwrite) == 0
    assert contents(tmp_path) == [b"half and half"]


@pytest.mark.parametrize("hard_links", [False, True])
@pytest.mark.parametrize("overwrite", [False, True])
def test_file_systems_with_and_without_hard_links(tmp_path, monkeypatch, hard_links, overwrite):
    if not hard_links:

        def refuse(*_, **__):
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    if overwrite:
        (tmp_path / "a").write_bytes(b"old")
    with atomic_write(tmp_path / "a", overwrite=overwrite) as file:
        file.write(b"new")
    assert contents(tmp_path) == [b"new"]
    with pytest.raises(FileExistsError), atomic_write(tmp_path / "a") as file:
        file.write(b"newer")
    with pytest.raises(ZeroDivisionError), atomic_write(tmp_path / "b") as file:
        file.write(bytes(1 // 0))
    assert contents(tmp_path) == [b"new"]


@pytest.mark.parametrize("hard_links", [False, True])
def test_a_file_that_appears_meanwhile_stays(tmp_path, monkeypatch, hard_links):
    if not hard_links:

        def refuse(*_, **__):
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)

    def write_both():
        with atomic_write(tmp_path / "a") as file:
            file.write(b"ours")
            (tmp_path / "a").write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        write_both()
    assert contents(tmp_path) == [b"theirs"]


def test_a_library_gets_a_hidden_path_with_the_same_suffix(tmp_path):
    with atomic_path(tmp_path / "new" / "model.keras") as hidden:
        assert (hidden.parent, hidden.suffix) == (tmp_path / "new", ".keras")
        assert hidden.name.startswith(".negcolor-")
        hidden.write_bytes(b"weights")
        assert not (tmp_path / "new" / "model.keras").exists()
    assert (tmp_path / "new" / "model.keras").read_bytes() == b"weights"


def test_text_is_replaced(tmp_path):
    for text in ("grün\n", "blue\n"):
        atomic_write_text(tmp_path / "a.txt", text)
        assert (tmp_path / "a.txt").read_text(encoding="utf-8") == text
    assert len([*tmp_path.iterdir()]) == 1


def test_a_directory_appears_with_all_its_files(tmp_path):
    with atomic_directory(tmp_path / "a") as hidden:
        (hidden / "file").touch()
        assert not (tmp_path / "a").exists()
    assert [*tmp_path.rglob("*")] == [tmp_path / "a", tmp_path / "a" / "file"]
    with pytest.raises(ZeroDivisionError), atomic_directory(tmp_path / "b") as hidden:
        (hidden / "file").write_bytes(bytes(1 // 0))
    with pytest.raises(OSError, match="not empty"), atomic_directory(tmp_path / "a"):
        pass
    assert [*tmp_path.iterdir()] == [tmp_path / "a"]


def test_only_what_is_old_and_ours_is_removed(tmp_path):
    old, young, theirs, folder = (
        tmp_path / name for name in (".negcolor-1", ".negcolor-2.tif", ".theirs", ".negcolor-3")
    )
    for file in (old, young, theirs):
        file.touch()
    folder.mkdir()
    (folder / "file").touch()
    for path in (old, theirs, folder):
        os.utime(path, (1e9, 1e9))
    remove_leftovers(tmp_path, before=1.5e9)
    remove_leftovers(tmp_path / "missing", before=1.5e9)
    assert sorted(tmp_path.iterdir()) == sorted([young, theirs])


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "usual").touch()
    with atomic_write(tmp_path / "a") as file:
        file.write(b"new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode
