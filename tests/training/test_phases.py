"""Recipes as data, the terms that they name, and a training that goes through them."""

import contextlib
import csv
import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from rich.console import Console
from scipy.stats import wasserstein_distance
from skimage.color import rgb2lab

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import BASELINE
from negcolor.experiments.phases import ALL, RECIPES
from negcolor.training.negative_task import NegativeData, NegativeTask
from negcolor.training.networks import build_networks
from negcolor.training.objective import TERMS, anchor_loss, sorted_wasserstein_loss
from negcolor.training.trainer import Trainer
from negcolor.training.trainers import averaged, build_trainer

SIZE = 32
SMALL = dataclasses.replace(
    BASELINE,
    generator=dataclasses.replace(
        BASELINE.generator, filters=4, residual_blocks=1, prior="density"
    ),
    discriminator=dataclasses.replace(BASELINE.discriminator, filters=4),
)
PHASES = {phase.name: phase for recipe in RECIPES.values() for phase in recipe}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """All configurations stand for the same small networks."""
    monkeypatch.setattr(CycleGANConfig, "configured_modification", lambda config: SMALL)


def images(seed, count):
    draw = np.random.default_rng(seed).uniform(-1, 1, (count, 1, SIZE, SIZE, 3))
    return tuple(tf.constant(image, tf.float32) for image in draw)


def pair(seed=0):
    return (*images(seed, 2), tf.ones((1, SIZE, SIZE, 1)))


def batch(phase):
    both = (pair(), images(1, 2))
    return {"pairs": both[0], "unpaired": both[1], "both": both}[phase.data]


def networks(names=ALL):
    keras.utils.set_random_seed(0)
    return build_networks(SMALL, names)


def trainer(phase, ours, start=None):
    options = {"steps": 10, "precision": "float32", "jit": False}
    config = CycleGANConfig(image_size=SIZE)
    return build_trainer(phase, ours, config, start=start, **options)


def weights(network):
    return [np.array(variable) for variable in network.trainable_variables]


def same(ours, theirs):
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)
def test_phases_name_what_there_is(phase):
    assert set(phase.trains) <= set(ALL)
    assert set(phase.weights) <= set(TERMS)
    assert isinstance(phase.length, int) or phase.length in ("pretrain_steps", "epochs")
    assert ("adversarial" in phase.weights) == (phase.judged and bool(phase.weights))
    assert phase.data == "both" or not {"anchor", "colors"} & set(phase.weights)


@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)
def test_a_phase_moves_the_networks_that_it_trains_and_no_other(phase):
    ours, start = networks(), networks(["generator_g"])["generator_g"]
    before = {name: weights(network) for name, network in ours.items()}
    losses = trainer(phase, ours, start).train_step(batch(phase))
    assert all(np.isfinite(float(loss)) for loss in losses.values())
    moved = {name for name, network in ours.items() if not same(weights(network), before[name])}
    assert moved == set(phase.trains)
    assert same(weights(start), before["generator_g"])


def moved_layers(phase):
    ours = networks()
    generator = ours["generator_g"]
    # Away from the zeros of a new generator, through which nothing flows back.
    generator.set_weights([w + 0.001 for w in generator.get_weights()])
    before = {layer.name: weights(layer) for layer in generator.layers if layer.trainable_weights}
    trainer(phase, ours, generator).train_step(batch(phase))
    moved = {
        name for name, old in before.items() if not same(weights(generator.get_layer(name)), old)
    }
    return moved, set(before) - moved


@pytest.mark.parametrize("name", ["balance", "adaptation"])
def test_what_comes_behind_the_last_layer_of_a_phase_stays(name):
    moved, stayed = moved_layers(PHASES[name])
    assert moved == {"Balance"}
    assert "Conv2d_1" in stayed


def test_frozen_layers_stay():
    moved, stayed = moved_layers(PHASES["residual"])
    assert stayed == {"Balance"}
    assert "Conv2d_1" in moved


def test_the_objective_is_the_weighted_sum_of_its_terms():
    phase = RECIPES["adapt"][0]
    ours, start = networks(), networks()["generator_g"]
    start.get_layer("Balance").set_weights(
        [w + 0.01 for w in start.get_layer("Balance").get_weights()]
    )
    model = trainer(phase, ours, start)
    (negative, truth, weight), (scan, photograph) = batch(phase)
    objective, losses, seen = model.generator_losses((negative, truth, weight), (scan, photograph))
    named = dict(zip(phase.weights, losses, strict=True))
    assert float(objective) == pytest.approx(
        sum(phase.weights[name] * float(loss) for name, loss in named.items()), rel=1e-5
    )
    now, before = (
        keras.Model(g.inputs, g.get_layer(phase.until).output)(scan)
        for g in (ours["generator_g"], start)
    )
    np.testing.assert_array_equal(seen.images, now)
    assert float(named["anchor"]) == float(anchor_loss(before, now)) > 0.1
    assert float(named["colors"]) == float(sorted_wasserstein_loss(photograph, seen.images))


def lab(image):
    return rgb2lab(np.asarray(image, "float64") * 0.5 + 0.5)


def test_the_colors_are_as_far_apart_as_their_distributions():
    ours, theirs = images(3, 2)
    expected = sum(
        wasserstein_distance(lab(ours)[..., c].ravel(), lab(theirs)[..., c].ravel())
        for c in range(3)
    )
    assert float(sorted_wasserstein_loss(ours, theirs)) == pytest.approx(expected, rel=1e-3)


def test_the_anchor_allows_another_exposure_and_no_other_hues():
    before = images(4, 1)[0] * 0.5
    unchanged = float(anchor_loss(before, before))
    assert unchanged == pytest.approx(0.1)  # the root's rounding
    assert float(anchor_loss(before, before * 0.9 - 0.1)) < 4
    assert float(anchor_loss(before, before[..., ::-1])) > 20
    assert float(anchor_loss(before, -before)) > 20


def test_networks_begin_alike_in_whatever_order_they_are_named():
    ours, theirs = networks(("discriminator_y", "generator_g")), networks()
    assert list(ours) == ["generator_g", "discriminator_y"]
    assert same(weights(ours["generator_g"]), weights(theirs["generator_g"]))


def test_only_the_way_to_color_has_a_prior():
    built = networks()
    names = {name: {layer.name for layer in built[name].layers} for name in ALL[:2]}
    assert "Balance" in names["generator_g"] - names["generator_f"]


def test_generators_have_their_running_mean_while_it_is_asked_for():
    phase = dataclasses.replace(RECIPES["supervised"][0], averaging=0.5, decay=False)
    ours = networks()
    model = trainer(phase, ours)
    steps = []
    for _ in range(3):
        model.train_step(batch(phase))
        steps.append(weights(ours["generator_g"]))
    with averaged(model):
        mean = weights(ours["generator_g"])
    assert same(weights(ours["generator_g"]), steps[-1])
    for first, second, third, average in zip(*steps, mean, strict=True):
        expected = 0.25 * first + 0.25 * second + 0.5 * third
        np.testing.assert_allclose(average, expected, rtol=1e-4, atol=1e-6)


def test_a_recipe_without_steps_is_refused():
    with pytest.raises(NegcolorError, match=r"--recipe supervised .* --pretrain-steps"):
        CycleGANConfig(recipe="supervised")
    assert [phase.name for phase in CycleGANConfig().phases()] == ["cyclegan"]
    assert [p.name for p in CycleGANConfig(pretrain_steps=1).phases()] == ["start", "cyclegan"]


def test_the_film_recipe_needs_its_prior():
    with pytest.raises(NegcolorError, match=r"--recipe film .* --prior density"):
        CycleGANConfig(recipe="film", pretrain_steps=1)


def test_the_film_recipe_trains_first_the_balance_then_the_rest(tmp_path, monkeypatch):
    phases = tuple(dataclasses.replace(phase, image_size=SIZE) for phase in RECIPES["film"])
    phases = (dataclasses.replace(phases[0], length=2, batch_size=2), phases[1])
    monkeypatch.setitem(RECIPES, "film", phases)
    config = CycleGANConfig(
        recipe="film",
        prior="density",
        filters=4,
        pretrain_steps=2,
        image_size=SIZE,
        precision="float32",
    )
    run = Trainer(
        tmp_path, NegativeTask(config, NegativeData(stream, stream, 2, [])), Console(quiet=True)
    )
    layers = {layer.name: layer for layer in run.networks["generator_g"].layers}
    before = {name: layer.get_weights() for name, layer in layers.items()}
    after_phase = []
    save = run._save_checkpoint

    def save_and_note():
        save()
        after_phase.append({name: layer.get_weights() for name, layer in layers.items()})

    monkeypatch.setattr(run, "_save_checkpoint", save_and_note)
    run.train()
    moved = [
        {name for name in layers if not same(weights_[name], earlier[name])}
        for earlier, weights_ in zip([before, *after_phase], after_phase, strict=False)
    ]
    assert moved[0] == {"Balance"}
    assert "Balance" not in moved[1]
    assert "Conv2d_4" in moved[1]


def stream(step, image_size=SIZE, batch_size=1):
    """Pairs that depend on the step."""
    steps = tf.data.Dataset.range(step, tf.int64.max)

    def at(step):
        seed = tf.stack([step, 5])
        shape = (batch_size, image_size, image_size, 3)
        draw = tf.random.stateless_uniform((2, *shape), seed, -1, 1)
        return draw[0], draw[1], tf.ones((*shape[:-1], 1))

    return steps.map(at)


SHARP = CycleGANConfig(
    recipe="sharp",
    pretrain_steps=5,
    epochs=2,
    steps_per_epoch=2,
    image_size=SIZE,
    precision="float32",
)
CHECKPOINTS = 5  # after 2, 4 and 5 steps and after two epochs


def train(folder, monkeypatch, stop_after=CHECKPOINTS):
    """Goes on with the training of a folder, until so many checkpoints are saved from then on."""
    folder.mkdir(exist_ok=True)
    first, second = RECIPES["sharp"]
    phases = (dataclasses.replace(first, round_steps=2), second)
    monkeypatch.setitem(RECIPES, "sharp", phases)
    run = Trainer(
        folder, NegativeTask(SHARP, NegativeData(stream, stream, 2, [])), Console(quiet=True)
    )
    save, saved = run._save_checkpoint, []

    def save_and_stop():
        save()
        saved.append(int(run.number))
        if len(saved) == stop_after:
            raise KeyboardInterrupt

    monkeypatch.setattr(run, "_save_checkpoint", save_and_stop)
    with contextlib.suppress(KeyboardInterrupt):
        run.train()
    return run, saved


def test_two_phases_interrupted_end_as_if_they_were_not(tmp_path, monkeypatch):
    whole, saved = train(tmp_path / "whole", monkeypatch)
    assert saved == [0, 0, 0, 1, 1]
    assert [train(tmp_path / "parts", monkeypatch, n)[1] for n in (1, 3)] == [[0], [0, 0, 1]]
    parts, saved = train(tmp_path / "parts", monkeypatch, 9)
    assert saved == [1]
    for name, network in whole.networks.items():
        assert same(weights(network), weights(parts.networks[name])), name
    for name in ("history_supervised.csv", "history.csv"):
        written = [(tmp_path / folder / name).read_text() for folder in ("whole", "parts")]
        assert written[0] == written[1]
    rows = list(csv.DictReader((tmp_path / "whole" / "history_supervised.csv").open()))
    assert [row["step"] for row in rows] == ["2", "4", "5"]
    assert not (tmp_path / "whole" / "generator_f.keras").exists()
