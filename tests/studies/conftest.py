"""Studies of invented numbers, as if trained."""

import json

import numpy as np
import pytest

from negcolor.experiments.studies import find_study
from negcolor.images.io import write
from negcolor.studies.results import read_ablation_run, read_companion_run, read_results
from negcolor.studies.study import AblationStudy, CompanionStudy
from negcolor.studies.study_options import load_study, save_study

EPOCHS = 3
COMPANION_BUDGET = {
    "data": "photos",
    "epochs": 8,
    "image_size": 32,
    "filters": 4,
    "batch_size": 8,
}
COLUMNS = {
    "Regression": ("l1",),
    "Gan": ("generator", "adversarial", "l1", "discriminator"),
    "Wgan": ("generator", "critic"),
    "Cycle": ("generator G",),
}


def add_modification(folder, *, loss, delta_e=None):
    """A finished run: G falls from 2·loss to loss over three epochs, F is 1 more, D is .5, .25."""
    folder.mkdir(parents=True)
    header = "epoch,generator G,generator F,discriminator X,discriminator Y,learning rate G\n"
    falling = (2 * loss, 1.5 * loss, loss)
    rows = [f"{e},{g},{g + 1},0.5,0.25,1\n" for e, g in enumerate(falling, start=1)]
    (folder / "history.csv").write_text(header + "".join(rows))
    names = ("generator G", "generator F", "discriminator X", "discriminator Y")
    metrics = {"psnr": 30 - (delta_e or 0), "ssim": 0.5, "delta_e": delta_e}
    record = {
        "architecture": {
            "generator_layers": 15,
            "generator_parameters": 11_960_000,
            "discriminator_convolutions": 4,
            "discriminator_parameters": 2_766_529,
        },
        "trained_parameters": {"generator": 48_467, "discriminator": 11_737},
        "test_losses": None if delta_e is None else dict.fromkeys(names, loss + 10),
        "metrics": {} if delta_e is None else {"cat": metrics, "dog": metrics},
    }
    (folder / "evaluation.json").write_text(json.dumps(record))
    for number in (1, 2):
        write(folder / "results" / f"00{number}.png", np.full((48, 64, 3), 90, "uint8"))


@pytest.fixture
def ablation_study(tmp_path):
    """Makes a study of {key: [(loss, ΔE) of each seed]}; None for a run that has not ended."""

    def make(numbers):
        folder = tmp_path / "study"
        seeds = tuple(range(max(map(len, numbers.values()))))
        study = AblationStudy(seeds, {"epochs": EPOCHS}, tuple(numbers))
        save_study(folder, study)
        for key, values in numbers.items():
            for seed, value in enumerate(values):
                if value is not None:
                    run = study.run(folder, key, seed)
                    add_modification(run.folder, loss=value[0], delta_e=value[1])
        for number in (1, 2):
            for name, grey in (("negative", 200), ("truth", 60)):
                image = np.full((48, 64, 3), grey, "uint8")
                write(folder / "test" / f"00{number}-{name}.png", image)
        return folder

    return make


def history(phase, begin):
    """In epoch e of the whole training losses are e/10, the ab error 20 - e, the chroma 5 + e."""
    kind = type(phase.step).__name__
    losses = tuple(phase.step.weights) if kind == "Regression" else COLUMNS[kind]
    validation = ["validation ab error", "validation ab mse", "validation chroma"]
    validation += ["validation accuracy D"] * (kind == "Gan")
    rows = [("epoch", *losses, *validation)]
    for number in range(1, phase.length + 1):
        e = begin + number
        measured = (20 - e, 200 - e, 5 + e, 0.5 + e / 100)[: len(validation)]
        rows.append((number, *[e / 10] * len(losses), *measured))
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def part(shift):
    """Two images."""
    metrics = {
        "psnr": [20 + shift, 30 + shift], "ssim": [0.8, 0.9], "delta_e": [10, 12],
        "colorfulness": [20, 30], "ab_error": [8, 10 + shift], "outside": [0.0, 0.5],
    }  # fmt: skip
    grey = metrics | {"psnr": [18, 22], "ssim": [0.7, 0.9], "ab_error": [10, 14]}
    return {"system": metrics, "grey": grey, "truth": {"colorfulness": [40, 50]}}


def add_system(folder, config, *, shift=0.0, parts=("held-out",)):
    """A finished run whose metrics lie `shift` above those of `part`."""
    phases = config.configured_system().phases
    begin = 0
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    for phase in phases:
        name = "history.csv" if phase is phases[-1] else f"history_{phase.name}.csv"
        (folder / name).write_text(history(phase, begin))
        begin += phase.length
    record = {
        "photographs": "photos: 7 pictures to train on, 2 for validation, 0 for the test",
        "training_images": 7,
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
def companion_study(tmp_path):
    """Makes a paper's study; with seed s all metrics of images lie s higher."""

    def make(number, seeds=(0,), without=()):
        folder = tmp_path / "study"
        study = CompanionStudy(seeds, COMPANION_BUDGET, find_study(number))
        save_study(folder, study)
        parts = ("held-out", "training") if study.paper.distributions else ("held-out",)
        for run in study.runs(folder):
            if run.folder.name not in without:
                add_system(run.folder, run.config, shift=run.config.seed, parts=parts)
        return folder

    return make


@pytest.fixture(scope="session")
def numbers():
    """Key -> (final loss of G, ΔE2000) with each seed. The lower the loss, the worse the images."""
    return {
        "0": [(4.0, 10.0), (4.2, 11.0), (4.1, 10.5)],
        "4": [(2.0, 20.0), (2.1, 21.0), (2.05, 20.5)],
        "7": [(5.0, 9.0), (4.4, 9.5), (4.7, 9.1)],
        "patch-34": [(3.0, 15.0), (3.3, 15.5), (3.2, 14.5)],
    }


@pytest.fixture
def ablation_results(ablation_study):
    """What the report of such a study of modifications is made of."""

    def read(numbers):
        folder = ablation_study(numbers)
        return read_results(folder, load_study(folder), read_ablation_run)

    return read


@pytest.fixture
def companion_results(companion_study):
    """What the report of such a paper's study is made of."""

    def read(number, **options):
        folder = companion_study(number, **options)
        return read_results(folder, load_study(folder), read_companion_run)

    return read


@pytest.fixture(scope="session")
def cells():
    """Makes a table {first cells of a row: the others}."""

    def rows(section, heads=1):
        return {row[0] if heads == 1 else row[:heads]: row[heads:] for row in section.rows}

    return rows
