"""negcolor-train as it is installed: its run folder and its interruptions."""

import csv
import dataclasses
import io
import json
import re
import shutil
import signal
import subprocess
import zipfile
from collections import namedtuple

import h5py
import numpy as np
import pytest
import tensorflow as tf

from negcolor.cli.train import main
from negcolor.experiments.phases import RECIPES
from negcolor.images.io import read
from negcolor.training.cyclegan import LOSS_NAMES

pytestmark = pytest.mark.slow

EPOCHS = 2
EPOCH = 60  # steps
SUPERVISED = 150
# The smallest training that has dropout, full image pools and a supervised start.
TRAINING = {
    "--modification": 19,
    "--epochs": EPOCHS,
    "--steps-per-epoch": EPOCH,
    "--pretrain-steps": SUPERVISED,
    "--image-size": 32,
    "--filters": 4,
    "--seed": 7,
    "--precision": "float32",
}
# A checkpoint every 25 supervised steps instead of every 500.
OFTEN = """
import dataclasses
from negcolor.experiments.phases import RECIPES
start, *others = RECIPES["paper"]
RECIPES["paper"] = (dataclasses.replace(start, round_steps=25), *others)
"""
SUPERVISED_CHECKPOINTS = 6
NEVER = 10_000  # steps

Interrupted = namedtuple("Interrupted", "folder code stderr")


def flat(options):
    return [str(part) for option in options.items() for part in option]


@pytest.fixture(scope="module")
def whole(stopped_training, roll, tmp_path_factory):
    """A training that nothing interrupts: its folder and what it printed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    start = ["--data", roll, "--output", folder, *flat(TRAINING)]
    result = stopped_training(signal.SIGKILL, NEVER, *start, before=OFTEN)
    assert result.returncode == 0, result.stderr
    return folder, result.stdout


def newest_checkpoint(folder):
    """Its number, 0 where there is none."""
    file = folder / "checkpoints" / "checkpoint"
    return int(re.search(r"ckpt-(\d+)", file.read_text())[1]) if file.exists() else 0


@pytest.fixture(scope="module")
def interrupted(stopped_training, roll, tmp_path_factory):
    """The same training, killed in the supervised start, resumed, interrupted with Ctrl-C there,
    resumed and killed in the middle of its second epoch."""
    folder = tmp_path_factory.mktemp("interrupted") / "run"
    start = ["--data", roll, "--output", folder, *flat(TRAINING)]
    resume = ["--resume", folder]
    killed = stopped_training(signal.SIGKILL, 30, *start, before=OFTEN)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert newest_checkpoint(folder) == 1  # after 25 steps
    broken = stopped_training(signal.SIGINT, 30, *resume, before=OFTEN)
    assert newest_checkpoint(folder) == 2  # after 50
    killed = stopped_training(signal.SIGKILL, SUPERVISED - 50 + EPOCH + 10, *resume, before=OFTEN)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert newest_checkpoint(folder) == SUPERVISED_CHECKPOINTS + 1
    assert len(history(folder)) == 1
    return Interrupted(folder, broken.returncode, broken.stderr)


@pytest.fixture
def resumable(interrupted, tmp_path):
    """A copy of the interrupted training, one of whose two epochs is done."""
    return shutil.copytree(interrupted.folder, tmp_path / "run")


def history(folder):
    with (folder / "history.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def weights(file):
    """Every array in a .keras file by its name."""
    stored = h5py.File(io.BytesIO(zipfile.ZipFile(file).read("model.weights.h5")))
    arrays = {}
    stored.visititems(
        lambda name, item: (
            arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
        )
    )
    return arrays


def lasting(folder):
    """Names of a run's files, but for TensorBoard's, which bear times, and checkpoints."""
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith(("tensorboard", "checkpoints"))}


def test_a_training_fills_its_folder(whole):
    folder, _ = whole
    samples = [f"samples/step_{n:06d}_start.png" for n in range(25, SUPERVISED + 1, 25)]
    samples += [f"samples/epoch_{epoch:03d}.png" for epoch in range(1, EPOCHS + 1)]
    assert lasting(folder) == {
        "config.json",
        "architecture.txt",
        "figures.json",
        "history.csv",
        "history_start.csv",
        "generator_g.keras",
        "generator_f.keras",
        *samples,
    }
    assert newest_checkpoint(folder) == SUPERVISED_CHECKPOINTS + EPOCHS
    assert list((folder / "tensorboard").rglob("events.out.tfevents.*"))
    assert "ResnetBlock_9" in (folder / "architecture.txt").read_text()
    for sample in samples:  # negative | result | cycle | truth
        sheet = read(folder / sample)
        assert sheet.shape == (64, 4 * 64, 3)
        np.testing.assert_array_equal(sheet[:, :64], 255 - sheet[:, -64:])

    start = list(csv.DictReader((folder / "history_start.csv").open()))
    assert [int(row["step"]) for row in start] == [*range(25, SUPERVISED + 1, 25)]
    assert list(start[0]) == ["step", "l1 G", "l1 F", "learning rate G, F"]
    assert float(start[-1]["l1 G"]) < float(start[0]["l1 G"])

    rows = history(folder)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert tuple(rows[0])[:5] == ("epoch", *LOSS_NAMES)  # the paper's names, in its order
    assert all(np.isfinite(float(row[name])) for row in rows for name in LOSS_NAMES)
    rates = [float(row["learning rate G, F"]) for row in rows]
    assert rates == pytest.approx([2e-4, 0.0], rel=1e-5)


def test_a_training_ends_with_figures_beside_those_of_the_classical_converters(whole):
    folder, printed = whole
    for heading in ("PSNR", "SSIM", "ΔE2000"):
        assert heading in printed
    figures = {
        name: [float(value) for value in re.findall(r"-?\d+\.\d+", line)]
        for line in printed.splitlines()
        for name in ("this model", "density stretch", "plain inversion")
        if name in line
    }
    assert {name: len(values) for name, values in figures.items()} == dict.fromkeys(figures, 3)
    assert figures["plain inversion"][1:] == [1.0, 0.0]  # which these negatives are
    assert figures["this model"] != figures["density stretch"]
    recorded = json.loads((folder / "figures.json").read_text())
    assert recorded["pictures"] == 1
    assert {
        name: [round(row["psnr"], 2), round(row["ssim"], 3), round(row["delta_e"], 2)]
        for name, row in recorded["figures"].items()
    } == figures
    assert f"--model {folder}" in printed.replace("\n", "")


def test_however_often_interrupted_a_training_ends_with_the_same_numbers(command, whole, resumable):
    with (resumable / "history.csv").open("a") as file:  # as if killed before the checkpoint
        file.write("2,9,9,9,9,9,9\n")
    result = command("negcolor-train", "--resume", resumable, "--epochs", EPOCHS, timeout=300)
    assert result.returncode == 0, result.stderr
    folder, printed = whole
    for name in ("history.csv", "history_start.csv"):
        assert (resumable / name).read_bytes() == (folder / name).read_bytes()
    for name in ("generator_g.keras", "generator_f.keras"):
        expected, ours = weights(folder / name), weights(resumable / name)
        assert len(expected) > 50
        assert ours.keys() == expected.keys()
        for key, array in expected.items():
            np.testing.assert_array_equal(ours[key], array, err_msg=key)
    for sample in (folder / "samples").iterdir():
        assert (resumable / "samples" / sample.name).read_bytes() == sample.read_bytes()
    assert lasting(resumable) == lasting(folder)
    assert [line for line in result.stdout.splitlines() if "│" in line] == [
        line for line in printed.splitlines() if "│" in line
    ]


def test_ctrl_c_says_how_to_go_on(interrupted, complaints):
    assert interrupted.code == 130
    assert complaints(interrupted.stderr) == [
        f"negcolor-train: interrupted; continue with: negcolor-train --resume {interrupted.folder}"
    ]


def test_resuming_a_finished_run_changes_nothing(call_main, whole, tree):
    folder, _ = whole
    before = tree(folder)
    code, stdout, _ = call_main(main, "negcolor-train", "--resume", folder)
    assert code == 0
    assert "plain inversion" in stdout
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--epochs", 5), "--epochs 5 contradicts RUN, which was started with 2;"),
        (("--modification", 4), "--modification 4 contradicts RUN, which was started with 19;"),
        (("--quick",), "--resume takes everything from the run; leave --quick and --output out."),
    ],
)
def test_options_that_contradict_the_run_are_refused(
    call_main, complaints, interrupted, options, sentence
):
    code, _, stderr = call_main(main, "negcolor-train", "--resume", interrupted.folder, *options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence.replace("RUN", str(interrupted.folder)) in complaint


def test_a_run_of_an_earlier_version_is_not_continued(call_main, complaints, resumable, tree):
    config = json.loads((resumable / "config.json").read_text())
    del config["format"]
    (resumable / "config.json").write_text(json.dumps(config))
    before = tree(resumable)
    code, _, stderr = call_main(main, "negcolor-train", "--resume", resumable)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert f"{resumable} was begun with another version of negcolor" in complaint
    assert tree(resumable) == before


@pytest.mark.parametrize("damaged", ["checkpoint", "ckpt-*.index", "ckpt-*.data-*"])
def test_a_damaged_checkpoint_is_a_sentence(call_main, complaints, resumable, tree, damaged):
    (file,) = (resumable / "checkpoints").glob(damaged)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    before = tree(resumable)
    code, _, stderr = call_main(main, "negcolor-train", "--resume", resumable)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert f"{resumable / 'checkpoints'} is damaged" in complaint
    assert tree(resumable) == before


def test_a_full_disk_stops_a_training_and_keeps_the_last_checkpoint(
    call_main, complaints, interrupted, roll, tmp_path, monkeypatch
):
    disk = tmp_path / "disk"
    disk.mkdir()
    checkpoint = sum(file.stat().st_size for file in (interrupted.folder / "checkpoints").iterdir())
    size = f"size={checkpoint * 3 // 2}"  # takes one checkpoint of the epochs and no second one
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk takes more rights")
    try:
        first, *others = RECIPES["paper"]
        recipe = (dataclasses.replace(first, round_steps=15), *others)
        monkeypatch.setitem(RECIPES, "paper", recipe)
        folder = disk / "run"
        start = ["--data", roll, "--output", folder, *flat(TRAINING)]
        code, _, stderr = call_main(main, "negcolor-train", *start)
        assert code == 2
        (complaint,) = complaints(stderr)
        assert f"{folder} cannot be written (No space left on device)" in complaint
        assert f"--resume {folder}" in complaint
        stored = tf.train.load_checkpoint(folder / "checkpoints")
        done = stored.get_tensor("done/.ATTRIBUTES/VARIABLE_VALUE")
        assert done == 15 * newest_checkpoint(folder) > 0
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_filled_folder_is_not_trained_into(call_main, complaints, whole, roll, tree):
    folder, _ = whole
    before = tree(folder)
    code, _, stderr = call_main(main, "negcolor-train", "--data", roll, "--output", folder)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert f"{folder} is not empty" in complaint
    assert f"--resume {folder}" in complaint
    assert tree(folder) == before
