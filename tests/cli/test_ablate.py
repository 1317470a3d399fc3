"""negcolor-ablate as it is installed: stopped, continued, reported again, and what it refuses."""

import contextlib
import io
import json
import pickle
import shutil
import signal
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from negcolor.cli import ablate, train
from negcolor.images.io import write
from negcolor.studies import runner
from negcolor.studies.runner import train_and_evaluate
from negcolor.studies.study import PlannedRun
from negcolor.studies.study_options import plan_study, save_study

# The smallest study whose runs can be stopped between two checkpoints.
BUDGET = {
    "epochs": 2,
    "steps_per_epoch": 2,
    "pretrain_steps": 1,
    "image_size": 32,
    "filters": 4,
    "precision": "float32",
}
ENTRIES = {"modifications": "0,6", "seeds": "0,1"}
SYSTEMS_BUDGET = {
    "epochs": 1,
    "steps_per_epoch": 2,
    "image_size": 32,
    "filters": 4,
    "batch_size": 2,
    "precision": "float32",
}
SUPERVISED = "start · "  # how the progress of the supervised phase begins

# Trains a run, and is killed when its first checkpoint is written.
KILLED = """
import os, pickle, signal, sys
import tensorflow as tf
from negcolor.studies.runner import train_and_evaluate

save = tf.train.CheckpointManager.save

def save_and_die(manager, *args, **options):
    save(manager, *args, **options)
    os.kill(os.getpid(), signal.SIGKILL)

tf.train.CheckpointManager.save = save_and_die
train_and_evaluate(pickle.load(sys.stdin.buffer))
"""
WITH_MODULES = (
    "import sys; sys.argv[0] = 'negcolor-ablate'; from negcolor.cli.ablate import main\n"
    "try:\n    main()\nfinally:\n    print(*sys.modules)"
)


def flat(options):
    return [str(part) for name, value in options.items() for part in (option(name), value)]


def option(name):
    return "--" + name.replace("_", "-")


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


def main(command, name, *arguments):
    """Runs a command in this process and returns its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", [name, *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            command()
    return end.value.code or 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("ablation") / "study"


@pytest.fixture(scope="module")
def planned(roll, folder):
    return plan_study(folder, None, {"data": str(roll), **ENTRIES, **BUDGET})


@pytest.fixture(scope="module")
def whole(roll, planned, tmp_path_factory):
    """A run of negcolor-train that nothing interrupted, evaluated as a study does; its output."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    arguments = ("--data", roll, "--output", folder, "--seed", 0, *flat(BUDGET))
    with contextlib.redirect_stdout(io.StringIO()) as stdout:
        assert main(train.main, "negcolor-train", *arguments) == 0
    train_and_evaluate(PlannedRun(planned, folder, "0", planned.config("0", 0)))
    return folder, stdout.getvalue()


@pytest.fixture(scope="module")
def continued(whole, roll, folder, planned, command):
    """A study of two modifications with two seeds, whose first run was killed, and continued.

    Its supervised phase had ended. The three other runs are copies of one that is finished when
    the study is continued: every training costs half a minute.
    """
    save_study(folder, planned)
    run = planned.run(folder, "0", 0)
    killed = subprocess.run([sys.executable, "-c", KILLED], input=pickle.dumps(run), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (run.folder / "checkpoints" / "checkpoint").exists()
    assert not run.is_finished
    for name in ("6-seed-0", "0-seed-1", "6-seed-1"):
        shutil.copytree(whole[0], folder / "runs" / name)
    arguments = ("--data", roll, "--output", folder, *flat(ENTRIES), *flat(BUDGET))
    result = command("negcolor-ablate", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.slow
def test_a_study_goes_on_where_it_was_killed(continued, folder, whole):
    lines = continued.splitlines()
    assert [line for line in lines if line.startswith("run ")] == [
        "run 1 of 4, baseline, seed 0"  # the others had ended
    ]
    phases = [line.split(" · ")[0] for line in lines if " · " in line]
    assert phases == ["cyclegan"] * BUDGET["epochs"]  # what is supervised is in the checkpoint
    assert SUPERVISED in whole[1]  # where it is not, it is said so
    assert continued.count("Wrote ") == 3
    record = json.loads((folder / "study.json").read_text())
    assert [(run["name"], run["seed"]) for run in record["runs"]] == [
        *(("0", 0), ("0", 1), ("6", 0), ("6", 1)),
    ]
    run = record["runs"][0]
    assert run["architecture"]["generator_layers"] == 15
    assert set(run["test_losses"]) == {"G", "F", "D_X", "D_Y"}
    assert all(np.isfinite(list(run["test_losses"].values())))
    assert run["metrics"]["0"]["delta_e"] > 0


@pytest.mark.slow
def test_a_run_that_was_killed_has_the_numbers_of_one_that_was_not(continued, folder, whole):
    run, whole = folder / "runs" / "0-seed-0", whole[0]
    for file in ("config.json", "history.csv", "evaluation.json", "results/001.png"):
        assert (run / file).read_bytes() == (whole / file).read_bytes(), file
    assert len((run / "history.csv").read_text().splitlines()) == 1 + BUDGET["epochs"]
    for name in ("generator_g.keras", "generator_f.keras"):
        found, expected = weights(run / name), weights(whole / name)
        assert found.keys() == expected.keys()
        for key, array in expected.items():
            np.testing.assert_array_equal(found[key], array, err_msg=key)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(5):
        colors = rng.integers(0, 256, (4, 4, 3), dtype="uint8")
        write(folder / f"{number}.png", colors.repeat(10, axis=0).repeat(12, axis=1))
    return folder


def in_this_process(work, run):
    """Instead of a new one for each run, which costs many seconds."""
    try:
        work(run)
    except SystemExit as end:
        return end.code
    return 0


@pytest.fixture(scope="module")
def systems(photos, tmp_path_factory):
    """A study of 002 whose second run cannot begin at first, and what came of both attempts."""
    folder = tmp_path_factory.mktemp("studies") / "002"
    save_study(folder, plan_study(folder, "002", {"data": str(photos), **SYSTEMS_BUDGET}))
    obstacle = folder / "runs" / "wgan-clip-seed-0" / "thesis.txt"
    obstacle.parent.mkdir(parents=True)
    obstacle.write_text("mine")
    attempts = []
    for _ in range(2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runner, "in_new_process", in_this_process)
            arguments = ("--study", "002", "--output", folder, "--data", photos)
            code = main(ablate.main, "negcolor-ablate", *arguments, *flat(SYSTEMS_BUDGET))
        attempts.append((code, (folder / "study.md").read_text()))
        obstacle.unlink(missing_ok=True)
    return folder, attempts


@pytest.mark.slow
def test_a_run_that_fails_leaves_the_others_alone_and_is_tried_again(systems):
    folder, [(first, before), (second, after)] = systems
    assert (first, second) == (2, 0)
    assert "Without a result: wgan-clip with seed 0." in before
    assert "Without a result" not in after
    record = json.loads((folder / "study.json").read_text())
    assert [(run["name"], run["seed"]) for run in record["runs"]] == [
        *(("unet-gan", 0), ("wgan-clip", 0))
    ]
    assert record["missing"] == []
    for run in record["runs"]:
        assert set(run["parts"]) == {"held-out", "training"}
        assert len(run["parts"]["held-out"]["system"]["psnr"]) == 1  # a fifth of five images
        assert np.isfinite(run["parts"]["training"]["system"]["psnr"]).all()
        assert [len(phase["l1"]) for phase in run["phases"].values()] == [1]


@pytest.mark.slow
def test_the_images_trained_on_are_not_those_held_out(systems):
    results = systems[0] / "runs" / "unet-gan-seed-0" / "results"
    truths = [results / part / "001-truth.png" for part in ("held-out", "training")]
    assert truths[0].read_bytes() != truths[1].read_bytes()


@pytest.mark.slow
def test_a_finished_study_is_reported_again_without_tensorflow(systems):
    folder, _ = systems
    (folder / "study.md").unlink()
    arguments = ["--study", "002", "--output", folder]
    result = subprocess.run(
        [sys.executable, "-c", WITH_MODULES, *arguments], capture_output=True, text=True, check=True
    )
    assert (folder / "study.md").exists()
    assert "tensorflow" not in result.stdout.split()
    assert "keras" not in result.stdout.split()


def test_options_that_contradict_the_study(call_main, complaints, tmp_path):
    save_study(tmp_path, plan_study(tmp_path, "002", {"data": "demo"}))
    arguments = ("--study", "002", "--output", tmp_path, "--epochs", 2)
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", *arguments)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert f"--epochs 2 contradicts {tmp_path}, which was started with 100;" in complaint


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--data", "missing"), "--data missing is no folder"),
        (("--study", "001", "--data", "missing"), "--data missing is no folder"),
        (("--data", "demo", "--image-size", 130), "--image-size 130 does not fit the networks"),
        (("--study", "001", "--data", "demo", "--image-size", 8), "--image-size 8 does not fit"),
        (("--study", "001", "--data", "demo", "--variants", "x"), "--variants does not go with"),
        (("--data", "demo", "--backbone-weights", "x"), "--backbone-weights goes with --study"),
    ],
)
def test_mistakes_make_no_study(call_main, complaints, tmp_path, options, sentence):
    output = tmp_path / "study"
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", "--output", output, *options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert not output.exists()


@pytest.mark.slow
def test_a_mistake_is_one_line_of_the_installed_command(command, complaints, tmp_path):
    result = command("negcolor-ablate", "--output", tmp_path / "study", "--data", "missing")
    assert result.returncode == 2
    assert complaints(result.stderr) == result.stderr.splitlines()
    assert len(result.stderr.splitlines()) == 1


def test_wrong_inception_weights_are_named(call_main, complaints, tmp_path):
    study = plan_study(tmp_path, None, {"data": "demo", "modifications": "0", "seeds": "0"})
    save_study(tmp_path, study)
    for run in study.runs(tmp_path):
        run.folder.mkdir(parents=True)
        (run.folder / "evaluation.json").write_text("{}")
    arguments = ("--output", tmp_path, "--inception-weights", "none.h5")
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", *arguments)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert "--inception-weights none.h5" in complaint
