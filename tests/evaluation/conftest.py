"""Folders of images to evaluate."""

import json

import numpy as np
import pytest

from negcolor.images.io import write


@pytest.fixture
def benchmark_folder(tmp_path):
    """Writes testA and truthA, where negative = 255 - truth, a manifest if asked, and testB."""

    def make(names=("1.png", "2.png", "3.png"), *, traits=None, photographs=0, truths=True):
        folder = tmp_path / "bench"
        (folder / "testA").mkdir(parents=True)
        for number, name in enumerate(names):
            truth = image(number)
            write(folder / "testA" / name, 255 - truth)
            if truths:
                write(folder / "truthA" / name, truth)
        for number in range(photographs):
            write(folder / "testB" / f"{number}.png", image(100 + number))
        if traits:
            entries = [
                {"file": f"testA/{name}", **each} for name, each in zip(names, traits, strict=True)
            ]
            (folder / "manifest.json").write_text(json.dumps({"pictures": entries}))
        return folder

    return make


def image(seed, shape=(12, 16, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, dtype="uint8")


@pytest.fixture
def evaluation(benchmark_folder):
    """An evaluation of images and methods with names that need to be escaped."""
    from negcolor.evaluation.dataset import open_data
    from negcolor.evaluation.evaluate import evaluate
    from negcolor.evaluation.set_metrics import ImageSets

    names = ["<img src=x> & 猫.png", 'a|b "quoted" *c*.png', "plain.png"]
    traits = [
        {"stock": "<b>gold</b>", "exposure_stops": -1.0, "scanner": "linear"},
        {"stock": "ektar", "exposure_stops": 0.0, "scanner": "linear"},
        {"stock": "ektar", "exposure_stops": 2.0, "scanner": "jpeg"},
    ]
    folder = benchmark_folder(names, traits=traits)
    methods = {"in|version": lambda x: 1 - x, "<nothing>": lambda x: x}
    sets = ImageSets(None, "there are <no> weights")
    return evaluate(open_data(folder), methods, sets, lambda *_: None)
