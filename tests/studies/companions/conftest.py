"""Studies of invented numbers, as if trained."""

import json

import numpy as np
import pytest

from negcolor.experiments.studies import find_study
from negcolor.images.io import write
from negcolor.studies.companion_options import PaperOptions, save_options

BUDGET = {"data": "photos", "epochs": 8, "image_size": 32, "filters": 4, "batch_size": 8}
COLUMNS = {
    "Regression": ("l1",),
    "Gan": ("generator", "adversarial", "l1", "discriminator"),
    "Wgan": ("generator", "critic"),
    "Cycle": ("generator G",),
}


def history(phase, begin):
    """In epoch e of the whole training losses are e/10, the ab error 20 - e, the chroma 5 + e."""
    kind = type(phase).__name__
    losses = (phase.loss,) if kind == "Regression" else COLUMNS[kind]
    validation = ["validation ab error", "validation ab mse", "validation chroma"]
    validation += ["validation accuracy D"] * (kind == "Gan")
    rows = [("epoch", *losses, *validation)]
    for number in range(1, phase.epochs + 1):
        e = begin + number
        measured = (20 - e, 200 - e, 5 + e, 0.5 + e / 100)[: len(validation)]
        rows.append((number, *[e / 10] * len(losses), *measured))
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def part(shift):
    """Two images."""
    figures = {
        "psnr": [20 + shift, 30 + shift], "ssim": [0.8, 0.9], "delta_e": [10, 12],
        "colorfulness": [20, 30], "ab_error": [8, 10 + shift], "outside": [0.0, 0.5],
    }  # fmt: skip
    grey = figures | {"psnr": [18, 22], "ssim": [0.7, 0.9], "ab_error": [10, 14]}
    return {"system": figures, "grey": grey, "truth": {"colorfulness": [40, 50]}}


def add_run(folder, config, *, shift=0.0, parts=("held-out",)):
    """A finished run whose figures lie `shift` above those of `part`."""
    phases = config.configured_system().phases
    begin = 0
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    for phase in phases:
        name = "history.csv" if phase is phases[-1] else f"history_{phase.name}.csv"
        (folder / name).write_text(history(phase, begin))
        begin += phase.epochs
    record = {
        "photographs": "photos: 7 pictures to train on, 2 for validation, 0 for the test",
        "training_pictures": 7,
        "validation_of_grey": {"ab error": 12.5, "ab mse": 260.0, "chroma": 0.0},
        "chroma_of_truth": 17.0,
        "parts": {name: part(shift) for name in parts},
    }
    (folder / "evaluation.json").write_text(json.dumps(record))
    rng = np.random.default_rng(0)
    for name in parts:
        for file in ("001.png", "001-truth.png", "002.png", "002-truth.png"):
            image = rng.integers(0, 256, (32, 32, 3), dtype="uint8")
            write(folder / "results" / name / file, image)


@pytest.fixture
def invent():
    """`add_run`, for other tests."""
    return add_run


@pytest.fixture
def make_study(tmp_path):
    """Makes a paper's study; with seed s all figures of images lie s higher."""

    def make(number, seeds=(0,), without=()):
        study = tmp_path / "study"
        options = PaperOptions(find_study(number), seeds, BUDGET)
        save_options(study, options)
        parts = ("held-out", "training") if options.study.distributions else ("held-out",)
        for folder, config in options.runs(study):
            if folder.name not in without:
                add_run(folder, config, shift=config.seed, parts=parts)
        return study

    return make
