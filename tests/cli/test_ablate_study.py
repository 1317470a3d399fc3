"""negcolor-ablate --study: a paper's systems trained, continued, and what is refused."""

import json
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from negcolor.cli import ablate, paper_study
from negcolor.experiments.studies import find_study
from negcolor.images.io import write
from negcolor.studies import runner

BUDGET = (
    *("--epochs", 1, "--steps-per-epoch", 2, "--image-size", 32, "--filters", 4),
    *("--batch-size", 2, "--precision", "float32"),
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(5):
        colors = rng.integers(0, 256, (4, 4, 3), dtype="uint8")
        write(folder / f"{number}.png", colors.repeat(10, axis=0).repeat(12, axis=1))
    return folder


def in_this_process(work, folder, config):
    """Instead of a new one for each run, which costs many seconds."""
    try:
        work(folder, config)
    except SystemExit as end:
        return end.code
    return 0


@pytest.fixture(scope="module")
def study(photos, tmp_path_factory):
    """A study of 002 whose second run fails at first, and the text of both attempts."""
    folder = tmp_path_factory.mktemp("studies") / "002"
    attempts = []

    def failing(work, run, config):
        if config.system == "wgan-clip":
            return 2
        return in_this_process(work, run, config)

    for process in (failing, in_this_process):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runner, "_in_new_process", process)
            arguments = ("--study", "002", "--output", folder, "--data", photos, *BUDGET)
            patch.setattr("sys.argv", ["negcolor-ablate", *map(str, arguments)])
            with pytest.raises(SystemExit) as end:
                ablate.main()
            attempts.append((end.value.code, (folder / "study.md").read_text()))
    return folder, attempts


def test_a_run_that_fails_leaves_the_others_alone_and_is_tried_again(study):
    folder, [(first, before), (second, after)] = study
    assert (first, second or 0) == (2, 0)
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


def test_the_images_trained_on_are_not_those_held_out(study):
    results = study[0] / "runs" / "unet-gan-seed-0" / "results"
    truths = [results / part / "001-truth.png" for part in ("held-out", "training")]
    assert truths[0].read_bytes() != truths[1].read_bytes()


def test_a_finished_study_is_reported_again_without_tensorflow(study):
    folder, _ = study
    (folder / "study.md").unlink()
    code = (
        "import sys; sys.argv[0] = 'negcolor-ablate'; from negcolor.cli.ablate import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "--study", "002", "--output", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (folder / "study.md").exists()
    assert "tensorflow" not in result.stdout.split()
    assert "keras" not in result.stdout.split()


def test_the_work_reaches_a_new_process():
    work = partial(paper_study.train_system_run, study=find_study("002"))
    assert pickle.loads(pickle.dumps(work)).keywords["study"] == find_study("002")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "STUDY is a study of paper 002; give --study 002, or"),
        (("--study", "001"), "--study 001 contradicts STUDY, which was started with 002;"),
        (("--study", "002", "--epochs", 2), "--epochs 2 contradicts STUDY"),
        (("--study", "002", "--inception-weights", "none.h5"), "--inception-weights none.h5"),
    ],
)
def test_options_that_contradict_the_study(call_main, complaints, study, options, sentence):
    folder, _ = study
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", "--output", folder, *options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence.replace("STUDY", str(folder)) in complaint


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--study", "005"), "--study 005 is unknown; choose one of 001, 002, 003, 004."),
        (("--study", "001"), "--data is missing; name a folder of photographs, or demo."),
        (("--study", "001", "--data", "missing"), "--data missing is no folder"),
        (("--study", "001", "--data", "demo", "--image-size", 8), "--image-size 8 does not fit"),
        (("--study", "004", "--data", "demo", "--epochs", 1), "--epochs 1 is too small"),
        (("--study", "001", "--modifications", "0"), "--modifications does not go with --study"),
        (("--study", "001", "--variants", "x"), "--variants does not go with --study"),
        (("--study", "001", "--schedule", "linear"), "--schedule does not go with --study"),
        (("--study", "001", "--pretrain-steps", 0), "--pretrain-steps does not go with --study"),
        (("--backbone-weights", "none"), "--backbone-weights goes with --study only"),
    ],
)
def test_mistakes_make_no_study(call_main, complaints, tmp_path, options, sentence):
    output = tmp_path / "study"
    code, _, stderr = call_main(ablate.main, "negcolor-ablate", "--output", output, *options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert not output.exists()
