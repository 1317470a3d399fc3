"""Trainings in their folders: what they write, and that interruptions change nothing."""

import csv
import dataclasses
from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf
from rich.console import Console

from negcolor.experiments.config import ColorizationConfig, CycleGANConfig
from negcolor.experiments.modifications import BASELINE
from negcolor.experiments.phases import RECIPES
from negcolor.experiments.run_folder import create_run
from negcolor.experiments.systems import SYSTEMS
from negcolor.images.io import read
from negcolor.training.colorization_task import ColorizationData, ColorizationTask
from negcolor.training.negative_task import NegativeData, NegativeTask
from negcolor.training.steps import build_step
from negcolor.training.trainer import Trainer

SIZE = 32
SMALL = sorted(name for name, system in SYSTEMS.items() if not system.backbones())

pytestmark = pytest.mark.slow


class Interruption(keras.callbacks.Callback):
    """Ctrl-C after so many rounds, or steps, from now on; `phases` are those of the rounds."""

    def __init__(self, trainer, rounds=99, steps=9999):
        super().__init__()
        self.trainer, self.rounds, self.steps, self.phases = trainer, rounds, steps, []

    def on_epoch_end(self, epoch, logs=None):
        self.phases.append(int(self.trainer.number))
        if len(self.phases) == self.rounds:
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch, logs=None):
        self.steps -= 1
        if not self.steps:
            raise KeyboardInterrupt


def train(folder, task, **limits):
    """Goes on with a training to its end or a limit: (the trainer, the phase of each round)."""
    if not folder.exists():
        create_run(folder, task.config)
    trainer = Trainer(folder, task, Console(quiet=True))
    interruption = Interruption(trainer, **limits)
    try:
        trainer.train(callbacks=[interruption])
    except KeyboardInterrupt:
        assert limits
    return trainer, interruption.phases


def weights(trainer):
    return {name: network.get_weights() for name, network in trainer.networks.items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name in first:
        for a, b in zip(first[name], second[name], strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)


def moved(before, after):
    """The names of the networks, or layers, whose weights are others."""
    return {
        name
        for name in before
        if any(not np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True))
    }


def rows(folder, name="history.csv"):
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


# Grey-to-color systems


def system_task(name, **options):
    budget = {"epochs": 2 * len(SYSTEMS[name].phases), "steps_per_epoch": 2, "filters": 4}
    fixed = {"image_size": SIZE, "batch_size": 2, "precision": "float32", "jit": "off"}
    return ColorizationTask(ColorizationConfig(name, **{**budget, **fixed, **options}), DATA)


def lab_batches(step, order):
    """normalized Lab that depends on the step and the order."""

    def at(step):
        lab = tf.random.stateless_uniform((2, SIZE, SIZE, 3), tf.stack([step, order]), -1, 1)
        return lab * (1.0, 0.3, 0.3)

    return tf.data.Dataset.range(step, tf.int64.max).map(at)


VALIDATION = np.random.default_rng(3).uniform(-0.3, 0.3, (3, SIZE, SIZE, 3)).astype("float32")
DATA = ColorizationData(lab_batches, 4, VALIDATION)


@pytest.mark.parametrize("name", SMALL)
def test_a_run_trains_its_networks_and_writes_its_folder(name, tmp_path):
    run, saved = train(tmp_path / "run", system_task(name))
    system = SYSTEMS[name]
    lengths = [phase.length for phase in run.phases]
    assert saved == [number for number, epochs in enumerate(lengths) for _ in range(epochs)]
    cycle = name == "grey-cyclegan"
    files = {path.name for path in run.folder.iterdir()}
    assert {"config.json", "architecture.txt", "history.csv", "generator_g.keras"} <= files
    assert ("generator_f.keras" in files) == cycle
    for phase in system.phases[:-1]:
        assert f"history_{phase.name}.csv" in files
        assert (run.folder / "samples" / f"epoch_001_{phase.name}.png").exists()
    assert read(run.folder / "samples" / "epoch_001.png").shape[-1] == 3

    history = rows(run.folder)
    assert [int(row["epoch"]) for row in history] == [*range(1, lengths[-1] + 1)]
    assert all(np.isfinite(float(value)) for row in history for value in row.values())
    assert {"validation ab error", "validation ab mse", "validation chroma"} <= history[0].keys()
    with_gan = (
        system.discriminator is not None and name not in ("wgan-clip", "wgan-gp") and not cycle
    )
    assert ("validation accuracy D" in history[0]) == with_gan

    saved_generator = keras.saving.load_model(run.folder / "generator_g.keras", compile=False)
    assert saved_generator.input_shape == (None, SIZE, SIZE, 1)
    assert saved_generator.output_shape == (None, SIZE, SIZE, 3 if cycle else 2)
    lightness = VALIDATION[..., :1]
    np.testing.assert_array_equal(
        saved_generator(lightness), run.networks["generator_g"](lightness)
    )


@pytest.mark.parametrize("name", ["archaeology-gan", "grey-cyclegan", "wgan-gp"])
def test_an_interrupted_run_ends_as_if_it_was_not(name, tmp_path):
    task = system_task(name)
    whole, saved = train(tmp_path / "whole", task)
    for number in saved[:-1]:  # after every checkpoint of every phase
        _, one = train(tmp_path / "parts", task, rounds=1)
        assert one == [number]
    parts, _ = train(tmp_path / "parts", task)
    assert_same(weights(whole), weights(parts))
    for file in whole.folder.glob("history*.csv"):
        assert file.read_text() == (parts.folder / file.name).read_text()


def test_a_run_killed_within_an_epoch_ends_as_if_it_was_not(tmp_path):
    task = system_task("unet-gan", epochs=2)
    whole, _ = train(tmp_path / "whole", task)
    _, saved = train(tmp_path / "parts", task, steps=3)  # the third is lost: no checkpoint follows
    assert saved == [0]
    half_written = tmp_path / "parts" / ".negcolor-0.keras"
    half_written.touch()
    parts, _ = train(tmp_path / "parts", task)
    assert_same(weights(whole), weights(parts))
    assert not half_written.exists()


def test_the_phases_of_archaeology_train_what_they_should():
    task = system_task("archaeology-gan")
    networks = task.build_networks("float32")
    trained = []
    for phase in task.config.phases():
        model = build_step(phase, networks, steps=1, two_domains=False)
        before = {name: network.get_weights() for name, network in networks.items()}
        model.train_step(next(iter(task.batches(phase, 0))))
        after = {name: network.get_weights() for name, network in networks.items()}
        trained.append(moved(before, after))
        assert float(model.generator_optimizer.learning_rate) == pytest.approx(phase.generator.rate)
    both = {"generator_g", "discriminator_y"}
    assert trained == [{"generator_g"}, both, both, both]
    assert networks["discriminator_y"].input_shape[-1] == 2  # it does not see L*


def test_the_cyclegan_keeps_the_lightness_by_its_loss_of_detail():
    task = system_task("grey-cyclegan")
    networks = task.build_networks("float32")
    (phase,) = task.config.phases()
    model = build_step(phase, networks, steps=1)
    grey, color = next(iter(task.batches(phase, 0)))
    assert grey.shape[-1] == 1
    assert color.shape[-1] == 3
    assert not np.array_equal(grey, color[..., :1])  # unpaired
    generators = {name: networks[name] for name in ("generator_g", "generator_f")}
    for network in generators.values():  # the same draw in every call: none
        for layer in network.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.rate = 0.0
    fake_color, fake_grey = generators["generator_g"](grey), generators["generator_f"](color)
    lightness = (
        np.abs(fake_color[..., :1] - grey).mean() + np.abs(fake_grey - color[..., :1]).mean()
    )
    total = model.generator_losses(grey, color)[0]
    model.objective = dataclasses.replace(model.objective, detail_weight=0.0)
    without = model.generator_losses(grey, color)[0]
    assert lightness > 0.1
    assert float(total) - float(without) == pytest.approx(5 * lightness, rel=1e-4)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", ["attention-unet-gan", "wgan-gp"])
def test_half_precision_keeps_the_saved_generator_in_float32(name, precision, tmp_path):
    phases = len(SYSTEMS[name].phases)
    run, _ = train(tmp_path / "run", system_task(name, precision=precision, epochs=phases))
    assert run.policy == f"mixed_{precision}"
    assert all(np.isfinite(float(value)) for value in rows(run.folder)[0].values())
    saved = keras.saving.load_model(run.folder / "generator_g.keras", compile=False)
    assert {layer.dtype_policy.name for layer in saved.layers} == {"float32"}


# Negatives


def stream(step, image_size=SIZE, batch_size=1):
    """Pairs that depend on the step."""
    steps = tf.data.Dataset.range(step, tf.int64.max)

    def at(step):
        seed = tf.stack([step, 5])
        shape = (batch_size, image_size, image_size, 3)
        draw = tf.random.stateless_uniform((2, *shape), seed, -1, 1)
        return draw[0], draw[1], tf.ones((*shape[:-1], 1))

    return steps.map(at)


def negative_task(**options):
    fixed = {"image_size": SIZE, "precision": "float32", "filters": 4}
    return NegativeTask(CycleGANConfig(**fixed, **options), NegativeData(stream, stream, 2, []))


def test_two_phases_interrupted_end_as_if_they_were_not(tmp_path, monkeypatch):
    first, second = RECIPES["sharp"]
    phases = (dataclasses.replace(first, round_steps=2), second)
    monkeypatch.setitem(RECIPES, "sharp", phases)
    task = negative_task(recipe="sharp", pretrain_steps=5, epochs=2, steps_per_epoch=2)
    whole, saved = train(tmp_path / "whole", task)
    assert saved == [0, 0, 0, 1, 1]  # after 2, 4 and 5 steps and after two epochs
    assert [train(tmp_path / "parts", task, rounds=n)[1] for n in (1, 3)] == [[0], [0, 0, 1]]
    parts, saved = train(tmp_path / "parts", task)
    assert saved == [1]
    assert_same(weights(whole), weights(parts))
    for name in ("history_supervised.csv", "history.csv"):
        written = [(tmp_path / folder / name).read_text() for folder in ("whole", "parts")]
        assert written[0] == written[1]
    steps = [row["step"] for row in rows(tmp_path / "whole", "history_supervised.csv")]
    assert steps == ["2", "4", "5"]
    assert not (tmp_path / "whole" / "generator_f.keras").exists()


def test_the_film_recipe_trains_first_the_balance_then_the_rest(tmp_path, monkeypatch):
    balance, residual = RECIPES["film"]
    balance = dataclasses.replace(balance, length=2, batch_size=2, image_size=SIZE)
    monkeypatch.setitem(RECIPES, "film", (balance, residual))
    small = dataclasses.replace(BASELINE.generator, filters=4, residual_blocks=1, prior="density")
    monkeypatch.setattr(
        CycleGANConfig,
        "configured_modification",
        lambda _: dataclasses.replace(BASELINE, generator=small),
    )
    task = negative_task(recipe="film", prior="density", pretrain_steps=2)
    trainer = Trainer(tmp_path, task, Console(quiet=True))
    layers = {layer.name: layer for layer in trainer.networks["generator_g"].layers}

    def now():
        return {name: layer.get_weights() for name, layer in layers.items()}

    history = [now()]
    note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: history.append(now()))
    trainer.train(callbacks=[note])
    first, second = (moved(*pair) for pair in pairwise(history))
    assert first == {"Balance"}
    assert "Balance" not in second
    assert "Conv2d_4" in second
