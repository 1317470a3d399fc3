"""negcolor-adapt: from scans, photographs and a generator to a run folder, and what it refuses."""

import csv
import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest

from negcolor.cli import adapt
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.experiments.phases import RECIPES
from negcolor.images.io import read, write
from negcolor.inference.models import load_generator
from negcolor.networks.generator import build_generator

SIDE = 48  # pixels of an image


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A folder with four scans, four photographs and a generator of eight-pixel features."""
    folder = tmp_path_factory.mktemp("given")
    rng = np.random.default_rng(2)
    for number in range(4):
        for name in ("scans", "photos"):
            squares = rng.integers(0, 256, (6, 6, 3), dtype="uint8")
            image = squares.repeat(SIDE // 6, axis=0).repeat(SIDE // 6, axis=1)
            write(folder / name / f"{number}.png", image)
    keras.utils.set_random_seed(1)
    for name, prior in {"plain": None, "model": "density"}.items():
        config = GeneratorConfig(filters=4, residual_blocks=1, prior=prior)
        build_generator(config, name="generator_g").save(folder / f"{name}.keras")
    return folder


@pytest.fixture
def call(call_main, monkeypatch, given, tmp_path):
    """Runs the command in small, in a folder of its own; options given here win."""
    (phase,) = RECIPES["adapt"]
    small = dataclasses.replace(phase, image_size=32, batch_size=1)
    monkeypatch.setitem(RECIPES, "adapt", (small,))
    monkeypatch.chdir(tmp_path)
    defaults = {
        "--model": given / "model.keras",
        "--scans": given / "scans",
        "--photos": given / "photos",
    }

    def run(**options):
        chosen = defaults | {f"--{name}": value for name, value in options.items()}
        arguments = [part for option in chosen.items() for part in option]
        return call_main(adapt.main, "negcolor-adapt", *arguments)

    return run


@pytest.mark.slow
def test_an_adaptation_leaves_a_model_and_shows_before_and_after(call, given, tree, tmp_path):
    before = tree(given)
    code, printed, _ = call(steps=2)
    assert code == 0
    folder = tmp_path / "runs" / "adapted"
    assert "--model runs/adapted" in printed
    names = {path.name for path in folder.iterdir()}
    assert {"generator_g.keras", "history.csv", "config.json", "samples"} <= names
    assert not {"generator_f.keras", "history_adaptation.csv"} & names

    start, adapted = (load_generator(model) for model in (given / "model.keras", folder))
    pairs = list(zip(start.weights, adapted.weights, strict=True))
    assert any(not np.array_equal(a, b) for a, b in pairs)
    assert all(np.abs(np.array(a) - np.array(b)).max() < 0.01 for a, b in pairs)

    sheet = read(folder / "samples" / "step_000002.png")  # negative | before | after
    assert sheet.shape == (4 * SIDE, 3 * SIDE, 3)
    np.testing.assert_array_equal(sheet[:SIDE, :SIDE], read(given / "scans" / "0.png"))
    (row,) = csv.DictReader((folder / "history.csv").open())
    assert row["step"] == "2"
    assert float(row["delta_e G"]) > 0
    config = json.loads((folder / "config.json").read_text())
    assert config["start"] == str(given / "model.keras")
    assert config["data"] == f"{given / 'scans'},{given / 'photos'}"
    assert tree(given) == before


@pytest.mark.slow
def test_a_limit_in_minutes_ends_with_a_round(call, tmp_path):
    code, _, _ = call(minutes=0.0001, output="short")
    assert code == 0
    rows = list(csv.DictReader((tmp_path / "short" / "history.csv").open()))
    assert [row["step"] for row in rows] == ["50"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "missing"}, "missing: there is no generator here"),
        ({"model": "exported"}, "exported is an exported model, which cannot be trained on"),
        ({"model": "broken.keras"}, "broken.keras: this is not a generator that Keras can read"),
        ({"model": "plain.keras"}, "plain.keras has no density prior, whose balance is adapted"),
        ({"scans": "missing"}, "--scans missing is no folder"),
        ({"photos": "few"}, "--photos few has too few pictures to learn from (3); put 4 or more"),
        ({"steps": 3, "minutes": 2}, "--steps and --minutes both say how long to train"),
        ({"output": "few"}, "few is not empty; give --output another folder"),
    ],
)
def test_what_cannot_be_adapted_is_refused(
    call, complaints, given, tree, tmp_path, options, sentence
):
    (tmp_path / "exported" / "1").mkdir(parents=True)
    (tmp_path / "exported" / "1" / "saved_model.pb").touch()
    (tmp_path / "broken.keras").write_bytes(b"no model")
    shutil.copy(given / "plain.keras", tmp_path)
    shutil.copytree(given / "photos", tmp_path / "few", ignore=lambda *_: ["0.png"])
    before = tree(tmp_path)
    code, _, stderr = call(**options)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert tree(tmp_path) == before
