"""negcolor-ablate as it is installed: killed half-way, continued, and what it refuses."""

import io
import json
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import h5py
import numpy as np
import pytest

from negcolor.cli import ablate, train
from negcolor.experiments.run_folder import load_run

# The smallest study whose runs can be interrupted between two checkpoints.
BUDGET = {
    "--epochs": 2,
    "--steps-per-epoch": 2,
    "--pretrain-steps": 1,
    "--image-size": 32,
    "--filters": 4,
    "--precision": "float32",
}
STUDY = {"--modifications": "0,6", "--seeds": "0,1"}
COMMAND = (
    "import sys; sys.argv[0] = 'negcolor-ablate'; from negcolor.cli.ablate import main; main()"
)


def flat(options):
    return [str(part) for option in options.items() for part in option]


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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


@pytest.fixture(scope="module")
def whole(roll, tmp_path_factory):
    """A run of negcolor-train that nothing interrupted, evaluated as a study does."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    arguments = ("--data", roll, "--output", folder, "--seed", 0, *flat(BUDGET))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["negcolor-train", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            train.main()
    assert not end.value.code
    ablate.train_run(folder, load_run(folder, {}))
    return folder


@pytest.fixture(scope="module")
def continued(whole, roll, tmp_path_factory):
    """A study of two modifications with two seeds, killed in its first run, and continued.

    The three other runs are copies of one that had ended when the study is continued: every
    training costs half a minute.
    """
    study = tmp_path_factory.mktemp("ablation") / "study"
    arguments = ["--data", roll, "--output", study, *flat(STUDY), *flat(BUDGET)]
    process = start(*arguments)
    first = study / "runs" / "0-seed-0"
    give_up = time.monotonic() + 300
    while not (first / "checkpoints" / "checkpoint").exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < give_up
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (first / "evaluation.json").exists(), "killed too late"

    finished = [study / "runs" / name for name in ("6-seed-0", "0-seed-1", "6-seed-1")]
    for folder in finished:
        shutil.copytree(whole, folder)
    process = start(*arguments)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return study, stdout


def test_a_study_goes_on_where_it_was_killed(continued):
    study, stdout = continued
    assert [line for line in stdout.splitlines() if line.startswith("run ")] == [
        "run 1 of 4, baseline, seed 0"  # the others had ended
    ]
    assert "supervised start" not in stdout  # it is in the checkpoint
    assert stdout.count("Wrote ") == 3
    record = json.loads((study / "study.json").read_text())
    assert [(run["key"], run["seed"]) for run in record["runs"]] == [
        *(("0", 0), ("0", 1), ("6", 0), ("6", 1)),
    ]
    run = record["runs"][0]
    assert run["architecture"]["generator_layers"] == 15
    assert set(run["test_losses"]) == {"G", "F", "D_X", "D_Y"}
    assert all(np.isfinite(list(run["test_losses"].values())))
    assert run["figures"]["0"]["delta_e"] > 0


def test_a_run_that_was_killed_has_the_numbers_of_one_that_was_not(continued, whole):
    run = continued[0] / "runs" / "0-seed-0"
    for file in ("config.json", "history.csv", "evaluation.json", "results/001.png"):
        assert (run / file).read_bytes() == (whole / file).read_bytes(), file
    assert len((run / "history.csv").read_text().splitlines()) == 1 + BUDGET["--epochs"]
    for name in ("generator_g.keras", "generator_f.keras"):
        found, expected = weights(run / name), weights(whole / name)
        assert found.keys() == expected.keys()
        for key, array in expected.items():
            np.testing.assert_array_equal(found[key], array, err_msg=key)


def test_a_finished_study_is_reported_again_without_tensorflow(continued):
    study, _ = continued
    (study / "study.md").unlink()
    code = COMMAND.replace("main()", "\ntry:\n    main()\nfinally:\n    print(*sys.modules)")
    result = subprocess.run(
        [sys.executable, "-c", code, "--output", study], capture_output=True, text=True, check=True
    )
    assert (study / "study.md").exists()
    assert "tensorflow" not in result.stdout.split()
    assert "keras" not in result.stdout.split()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--epochs", 5), "--epochs 5 contradicts STUDY, which was started with 2;"),
        (("--data", "demo"), "--data demo contradicts STUDY"),
        (("--seeds", "0"), "STUDY was started with 1 as well;"),
        (("--inception-weights", "none.h5"), "--inception-weights none.h5"),
    ],
)
def test_options_that_contradict_the_study(call_main, complaints, continued, options, sentence):
    study, _ = continued
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", "--output", study, *options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence.replace("STUDY", str(study)) in complaint


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--data", "demo", "--modifications", "0-20"), "there is no modification '20'"),
        (("--data", "demo", "--variants", "patch-35"), "there is no modification 'patch-35'"),
        (("--data", "demo", "--seeds", ""), "--seeds names no seed"),
        (("--data", "demo", "--image-size", 130), "--image-size 130 does not fit the networks"),
        (("--data", "missing"), "--data missing is no folder"),
        ((), "--data is missing; name a folder, or demo."),
    ],
)
def test_mistakes_make_no_study(call_main, complaints, tmp_path, options, sentence):
    output = tmp_path / "study"
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", "--output", output, *options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert not output.exists()
