"""Runs of the companion papers' systems: what they train, what they write, how they resume."""

import contextlib
import csv
import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from rich.console import Console

from negcolor.experiments.run_folder import create_run
from negcolor.experiments.system_config import ColorizationConfig
from negcolor.experiments.systems import SYSTEMS
from negcolor.images.io import read
from negcolor.training.colorization_metrics import color_figures, verdicts
from negcolor.training.colorization_task import ColorizationData, ColorizationTask
from negcolor.training.trainer import Trainer

SIZE = 32
SMALL = sorted(name for name, system in SYSTEMS.items() if not system.backbones())


def config(name, **options):
    budget = {"epochs": 2 * len(SYSTEMS[name].phases), "steps_per_epoch": 2, "filters": 4}
    fixed = {"image_size": SIZE, "batch_size": 2, "precision": "float32", "jit": "off"}
    return ColorizationConfig(name, **{**budget, **fixed, **options})


def batches(step, order):
    """Network Lab that depends on the step and the order."""

    def at(step):
        lab = tf.random.stateless_uniform((2, SIZE, SIZE, 3), tf.stack([step, order]), -1, 1)
        return lab * (1.0, 0.3, 0.3)

    return tf.data.Dataset.range(step, tf.int64.max).map(at)


VALIDATION = np.random.default_rng(3).uniform(-0.3, 0.3, (3, SIZE, SIZE, 3)).astype("float32")
DATA = ColorizationData(batches, 4, VALIDATION)


def train(folder, config_, stop_after=99):
    """Goes on with a training, until so many checkpoints are saved from then on."""
    if not folder.exists():
        create_run(folder, config_)
    run = Trainer(folder, ColorizationTask(config_, DATA), Console(quiet=True))
    save, saved = run._save_checkpoint, []

    def save_and_stop():
        save()
        saved.append(int(run.number))
        if len(saved) == stop_after:
            raise KeyboardInterrupt

    run._save_checkpoint = save_and_stop
    with contextlib.suppress(KeyboardInterrupt):
        run.train()
    return run, saved


def weights(run):
    return {name: network.get_weights() for name, network in run.networks.items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name in first:
        for a, b in zip(first[name], second[name], strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)


@pytest.mark.parametrize("name", SMALL)
def test_a_run_trains_its_networks_and_writes_its_folder(name, tmp_path):
    run, saved = train(tmp_path / "run", config(name))
    system = SYSTEMS[name]
    lengths = [phase.epochs for phase in run.phases]
    assert saved == [number for number, epochs in enumerate(lengths) for _ in range(epochs)]
    cycle = name == "grey-cyclegan"
    files = {path.name for path in run.folder.iterdir()}
    assert {"config.json", "architecture.txt", "history.csv", "generator_g.keras"} <= files
    assert ("generator_f.keras" in files) == cycle
    for phase in system.phases[:-1]:
        assert f"history_{phase.name}.csv" in files
        assert (run.folder / "samples" / f"epoch_001_{phase.name}.png").exists()
    assert read(run.folder / "samples" / "epoch_001.png").shape[-1] == 3

    rows = list(csv.DictReader((run.folder / "history.csv").open()))
    assert [int(row["epoch"]) for row in rows] == [*range(1, lengths[-1] + 1)]
    assert all(np.isfinite(float(value)) for row in rows for value in row.values())
    assert {"validation ab error", "validation ab mse", "validation chroma"} <= rows[0].keys()
    judged = system.discriminator is not None and name not in ("wgan-clip", "wgan-gp") and not cycle
    assert ("validation accuracy D" in rows[0]) == judged

    saved_generator = keras.saving.load_model(run.folder / "generator_g.keras", compile=False)
    assert saved_generator.input_shape == (None, SIZE, SIZE, 1)
    assert saved_generator.output_shape == (None, SIZE, SIZE, 3 if cycle else 2)
    light = VALIDATION[..., :1]
    np.testing.assert_array_equal(saved_generator(light), run.networks["generator_g"](light))


@pytest.mark.parametrize("name", ["archaeology-gan", "grey-cyclegan", "wgan-gp"])
def test_an_interrupted_run_ends_as_if_it_was_not(name, tmp_path):
    options = config(name)
    whole, saved = train(tmp_path / "whole", options)
    for number in saved[:-1]:  # after every checkpoint of every phase
        _, one = train(tmp_path / "parts", options, stop_after=1)
        assert one == [number]
    parts, _ = train(tmp_path / "parts", options)
    assert_same(weights(whole), weights(parts))
    for file in whole.folder.glob("history*.csv"):
        assert file.read_text() == (parts.folder / file.name).read_text()


def test_a_run_killed_within_an_epoch_ends_as_if_it_was_not(tmp_path):
    options = config("unet-gan", epochs=2)
    whole, _ = train(tmp_path / "whole", options)
    train(tmp_path / "parts", options, stop_after=1)
    killed = Trainer(tmp_path / "parts", ColorizationTask(options, DATA), Console(quiet=True))
    killed._restore_checkpoint()
    killed.model.train_step(next(iter(batches(2, 0))))  # lost: no checkpoint follows
    parts, _ = train(tmp_path / "parts", options)
    assert_same(weights(whole), weights(parts))


def test_the_phases_of_archaeology_train_what_they_should(tmp_path):
    name = "archaeology-gan"
    run = Trainer(tmp_path, ColorizationTask(config(name), DATA), Console(quiet=True))
    trained = []
    for number, phase in enumerate(run.phases):
        run._begin_phase(number)
        before = weights(run)
        run.model.train_step(next(iter(batches(0, 0))))
        after = weights(run)
        trained.append(
            {
                key
                for key in before
                if any(
                    not np.array_equal(a, b) for a, b in zip(before[key], after[key], strict=True)
                )
            }
        )
        rates = {key: float(o.learning_rate) for key, o in run.model.optimizers.items()}
        assert rates["G"] == pytest.approx(phase.generator.rate)
    both = {"generator_g", "discriminator_y"}
    assert trained == [{"generator_g"}, both, both, both]
    assert run.networks["discriminator_y"].input_shape[-1] == 2  # it does not see L*


def test_the_cyclegan_keeps_the_lightness_by_its_loss_of_detail():
    plan = ColorizationTask(config("grey-cyclegan"), DATA)
    networks = plan.build_networks("float32")
    trainer = plan.build_trainer(plan.phases[0], networks, "float32", False)
    grey, color = next(iter(plan.batches(plan.phases[0], 0)))
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
    total = trainer.generator_losses(grey, color)[0]
    trainer.objective = dataclasses.replace(trainer.objective, detail_weight=0.0)
    without = trainer.generator_losses(grey, color)[0]
    assert lightness > 0.1
    assert float(total) - float(without) == pytest.approx(5 * lightness, rel=1e-4)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", ["attention-unet-gan", "wgan-gp"])
def test_half_precision_keeps_the_saved_generator_in_float32(name, precision, tmp_path):
    phases = len(SYSTEMS[name].phases)
    run, _ = train(tmp_path / "run", config(name, precision=precision, epochs=phases))
    assert run.policy == f"mixed_{precision}"
    rows = list(csv.DictReader((run.folder / "history.csv").open()))
    assert all(np.isfinite(float(value)) for value in rows[0].values())
    saved = keras.saving.load_model(run.folder / "generator_g.keras", compile=False)
    assert {layer.dtype_policy.name for layer in saved.layers} == {"float32"}


def test_figures_are_in_units_of_cielab():
    truth = np.zeros((1, 2, 2, 2), "float32")
    colors = truth + np.array([0.3, 0.4], "float32")
    found = color_figures(colors, truth)
    assert found == pytest.approx({"ab error": 38.5, "ab mse": 1512.5, "chroma": 55.0}, rel=1e-5)
    grey = color_figures(truth, colors)
    assert grey == pytest.approx({"ab error": 38.5, "ab mse": 1512.5, "chroma": 0}, rel=1e-5)


def test_verdicts_count_both_kinds_of_images():
    inputs = keras.Input((2, 2, 2))
    judge = keras.Model(inputs, keras.layers.Lambda(lambda x: x[:, 0, 0, :1])(inputs))
    truth = np.ones((4, 2, 2, 3), "float32")
    colors = np.array([-1, -1, 1, -1], "float32").reshape(4, 1, 1, 1) * np.ones((4, 2, 2, 2))
    assert verdicts(judge, truth, colors) == pytest.approx(7 / 8)
