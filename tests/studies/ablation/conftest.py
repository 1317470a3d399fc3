"""Studies of invented numbers, as if trained."""

import json

import numpy as np
import pytest

from negcolor.experiments.config import CycleGANConfig
from negcolor.images.io import write
from negcolor.studies.ablation_options import StudyOptions, save_options

EPOCHS = 3


def add_run(study, key, seed, *, loss, delta_e=None):
    """A finished run: G falls from 2·loss to loss over three epochs, F is 1 more, D is .5, .25."""
    folder = study / "runs" / f"{key}-seed-{seed}"
    folder.mkdir(parents=True)
    header = "epoch,generator G,generator F,discriminator X,discriminator Y,learning rate G\n"
    falling = (2 * loss, 1.5 * loss, loss)
    rows = [f"{e},{g},{g + 1},0.5,0.25,1\n" for e, g in enumerate(falling, start=1)]
    (folder / "history.csv").write_text(header + "".join(rows))
    names = ("generator G", "generator F", "discriminator X", "discriminator Y")
    figures = {"psnr": 30 - (delta_e or 0), "ssim": 0.5, "delta_e": delta_e}
    record = {
        "architecture": {
            "generator_layers": 15,
            "generator_parameters": 11_960_000,
            "discriminator_convolutions": 4,
            "discriminator_parameters": 2_766_529,
        },
        "trained_parameters": {"generator": 48_467, "discriminator": 11_737},
        "test_losses": None if delta_e is None else dict.fromkeys(names, loss + 10),
        "figures": {} if delta_e is None else {"cat": figures, "dog": figures},
    }
    (folder / "evaluation.json").write_text(json.dumps(record))
    for number in (1, 2):
        write(folder / "results" / f"00{number}.png", np.full((48, 64, 3), 90, "uint8"))


@pytest.fixture
def make_study(tmp_path):
    """Makes a study of {key: [(loss, ΔE) of each seed]}; None for a run that has not ended."""

    def make(numbers):
        study = tmp_path / "study"
        seeds = range(max(map(len, numbers.values())))
        save_options(
            study, StudyOptions(tuple(numbers), tuple(seeds), CycleGANConfig(epochs=EPOCHS))
        )
        for key, values in numbers.items():
            for seed, value in enumerate(values):
                if value is not None:
                    add_run(study, key, seed, loss=value[0], delta_e=value[1])
        for number in (1, 2):
            for name, grey in (("negative", 200), ("truth", 60)):
                image = np.full((48, 64, 3), grey, "uint8")
                write(study / "test" / f"00{number}-{name}.png", image)
        return study

    return make
