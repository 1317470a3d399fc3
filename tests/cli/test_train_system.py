"""negcolor-train --system as a user runs it, and what it refuses."""

import csv
import json
import signal
import sys

import keras
import numpy as np
import pytest

from negcolor.cli import train as cli
from negcolor.images.io import read, write
from negcolor.networks import backbones

pytestmark = pytest.mark.slow

TINY = ("--image-size", 32, "--filters", 4, "--batch-size", 2, "--steps-per-epoch", 3)


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """Twelve photographs of which the lighter half is orange and the darker half blue."""
    folder = tmp_path_factory.mktemp("album")
    rng = np.random.default_rng(0)
    for number in range(12):
        light = rng.random((40, 48, 1)).round()
        color = light * (255, 160, 40) + (1 - light) * (10, 20, 120)
        write(folder / f"{number}.png", color.astype("uint8"))
    return folder


def history(folder):
    with (folder / "history.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_system_is_trained_and_shown(command, album, tmp_path):
    result = command(
        "negcolor-train",
        *("--system", "archaeology-cnn", "--data", album, "--epochs", 3, *TINY),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "runs" / "archaeology-cnn"
    config = json.loads((folder / "config.json").read_text())
    assert (config["system"], config["epochs"], config["image_size"]) == ("archaeology-cnn", 3, 32)
    assert len(history(folder)) == 3
    figures = json.loads((folder / "figures.json").read_text())
    assert figures["pictures"] == 1  # the test part, as 004 splits
    assert set(figures["figures"]) == {"this system", "grey"}
    assert figures["figures"]["grey"]["colorfulness"] < 1
    assert figures["figures"]["grey"]["ab_error"] > 10
    assert read(folder / "samples" / "epoch_003.png").shape == (128, 768, 3)
    assert "9 pictures to train on, 2 for validation, 1 for the test" in result.stdout
    assert "negcolor-colorize GREY_PICTURES --system runs/archaeology-cnn" in result.stdout


def test_a_killed_run_of_several_phases_is_resumed(stopped_training, command, album, tmp_path):
    arguments = ("--system", "archaeology-gan", "--data", album, "--epochs", 8, *TINY)
    arguments += ("--precision", "float32")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert command("negcolor-train", *arguments, "--output", whole).returncode == 0
    steps = 3 * (1 + 3) + 2  # two steps into the third phase, of 3 steps an epoch
    stopped = stopped_training(signal.SIGKILL, steps, *arguments, "--output", killed)
    assert stopped.returncode == -signal.SIGKILL, stopped.stderr
    resumed = command("negcolor-train", "--resume", killed)
    assert resumed.returncode == 0, resumed.stderr
    assert "pretraining" not in resumed.stdout
    for file in sorted(whole.glob("history*.csv")):
        assert file.read_text() == (killed / file.name).read_text()
    figures = [json.loads((folder / "figures.json").read_text()) for folder in (whole, killed)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--data", "missing"), "--data missing is no folder"),
        (("--data", "."), "too few pictures (0)"),
        (("--image-size", 40), "--image-size 40"),
        (("--image-size", 16), "--image-size 16"),
    ],
)
def test_what_cannot_be_trained_makes_no_run(
    call_main, complaints, album, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)
    given = {"--data": album, "--output": "run", **dict([arguments])}
    flat = [part for pair in given.items() for part in pair]
    code, _, stderr = call_main(cli.main, "negcolor-train", "--system", "unet-gan", *flat)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert not (tmp_path / "run").exists()


def test_an_unreadable_photograph_is_named(call_main, complaints, album, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for file in album.iterdir():
        (data / file.name).write_bytes(b"no picture")
    arguments = ("--system", "archaeology-cnn", "--data", data, "--output", tmp_path / "run", *TINY)
    code, _, stderr = call_main(cli.main, "negcolor-train", *arguments)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert str(data) in complaint


def test_without_keras_hub_a_system_that_needs_it_says_what_installs_it(
    call_main, complaints, album, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    arguments = ("--system", "resnet18-unet-gan", "--data", album, *TINY)
    arguments += ("--backbone-weights", "none", "--output", tmp_path / "run")
    code, _, stderr = call_main(cli.main, "negcolor-train", *arguments)
    assert code == 2
    assert "pip install 'negcolor[colorization]'" in complaints(stderr)[-1]
    assert not (tmp_path / "run").exists()


def test_random_backbones_are_said_loudly_and_kept_in_the_config(
    call_main, album, tmp_path, monkeypatch
):
    def small_inception(*_, **__):
        layers = keras.layers
        return keras.Sequential(
            [keras.Input((299, 299, 3)), layers.GlobalAveragePooling2D(), layers.Dense(1000)]
        )

    monkeypatch.setattr(backbones, "inception", small_inception)
    folder = tmp_path / "run"
    arguments = ("--system", "deep-koalarization", "--data", album, "--epochs", 1, *TINY)
    arguments += ("--backbone-weights", "none", "--output", folder, "--precision", "float32")
    code, _, stderr = call_main(cli.main, "negcolor-train", *arguments)
    assert code == 0
    assert "RANDOM weights in inception of deep-koalarization" in stderr
    assert json.loads((folder / "config.json").read_text())["backbone_weights"] == "none"
