"""Runs in processes of their own: one that fails, and a parent that is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from negcolor.studies.runner import train_runs
from negcolor.studies.study import AblationStudy

# Stands in for a training; a new process imports it by its name.
PRETENDED = """
import os
import signal
import time

def work(run):
    folder, config = run.folder, run.config
    folder.mkdir(parents=True)
    if config.modification == "1":
        raise SystemExit(2)
    if config.modification == "2":
        os.kill(os.getpid(), signal.SIGKILL)
    if config.modification == "3":
        return
    (folder / "evaluation.json").write_text(str(os.getpid()))

def forever(run):
    folder = run.folder
    folder.mkdir(parents=True)
    (folder / "pid").write_text(str(os.getpid()))
    time.sleep(600)
"""
PARENT = """
import sys
from pathlib import Path
import pretended
from negcolor.studies.runner import train_runs
from negcolor.studies.study import AblationStudy

if __name__ == "__main__":
    list(train_runs(Path(sys.argv[1]), AblationStudy((0,), {}, ("0",)), pretended.forever))
"""


@pytest.fixture
def pretended(tmp_path, monkeypatch):
    (tmp_path / "pretended.py").write_text(PRETENDED)
    monkeypatch.syspath_prepend(tmp_path)
    import pretended

    yield pretended
    del sys.modules["pretended"]


@pytest.mark.slow
def test_a_run_that_fails_leaves_the_others_alone(pretended, tmp_path):
    study = AblationStudy((0,), {}, ("1", "2", "3", "4"))
    folder = tmp_path / "study"
    events = list(train_runs(folder, study, pretended.work))
    rest = " has no result; the same command tries again."
    assert [event.text for event in events if event.kind == "failure"] == [
        f"modification 1, seed 0 (exit code 2){rest}",
        f"modification 2, seed 0 (exit code {-signal.SIGKILL}){rest}",
        f"modification 3, seed 0 (exit code 0){rest}",  # ended without a result
    ]
    assert [event.text for event in events if event.kind == "progress"] == [
        "run 1 of 5, baseline, seed 0",
        *(f"run {n + 1} of 5, modification {n}, seed 0" for n in (1, 2, 3, 4)),
    ]
    finished = [run.folder for run in study.runs(folder) if run.is_finished]
    assert [run.name for run in finished] == ["0-seed-0", "4-seed-0"]
    assert len({(run / "evaluation.json").read_text() for run in finished}) == 2  # processes


def test_finished_runs_are_skipped(pretended, tmp_path):
    study = AblationStudy((0,), {}, ("4",))
    for run in study.runs(tmp_path):
        run.folder.mkdir(parents=True)
        (run.folder / "evaluation.json").write_text("{}")
    assert list(train_runs(tmp_path, study, pretended.work)) == []


def wait_for(condition):
    give_up = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc")
def test_a_run_ends_with_a_study_that_is_killed(pretended, tmp_path):
    (tmp_path / "parent.py").write_text(PARENT)
    study = tmp_path / "study"
    parent = subprocess.Popen([sys.executable, tmp_path / "parent.py", study])
    file = study / "runs" / "0-seed-0" / "pid"
    wait_for(lambda: parent.poll() is not None or (file.exists() and file.read_text()))
    assert parent.poll() is None
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_alive(int(file.read_text())))
