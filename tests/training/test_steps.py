"""What the phases of negatives train, by what they move; optimizers and running means."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import BASELINE
from negcolor.experiments.phases import NETWORKS, RECIPES, Optimizer
from negcolor.networks.factory import build_networks
from negcolor.training.losses import anchor_loss, sorted_wasserstein_loss
from negcolor.training.steps import LinearDecay, build_optimizer, build_step

pytestmark = pytest.mark.slow

SIZE = 32
SMALL = dataclasses.replace(
    BASELINE,
    generator=dataclasses.replace(
        BASELINE.generator, filters=4, residual_blocks=1, prior="density"
    ),
    discriminator=dataclasses.replace(BASELINE.discriminator, filters=4),
)
PHASES = {
    phase.name: dataclasses.replace(phase, image_size=SIZE)
    for recipe in RECIPES
    for phase in CycleGANConfig(recipe=recipe, pretrain_steps=1, prior="density").phases()
}


def images(seed, count):
    draw = np.random.default_rng(seed).uniform(-1, 1, (count, 1, SIZE, SIZE, 3))
    return tuple(tf.constant(image, tf.float32) for image in draw)


def pair(seed=0):
    return (*images(seed, 2), tf.ones((1, SIZE, SIZE, 1)))


def batch(phase):
    both = (pair(), images(1, 2))
    return {"pairs": both[0], "unpaired": both[1], "both": both}[phase.data]


def networks(names=NETWORKS):
    keras.utils.set_random_seed(0)
    return build_networks(SMALL, names)


def weights(network):
    return [np.array(variable) for variable in network.trainable_variables]


def same(ours, theirs):
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)
def test_a_phase_moves_the_networks_that_it_trains_and_no_other(phase):
    ours, start = networks(), networks(["generator_g"])["generator_g"]
    before = {name: weights(network) for name, network in ours.items()}
    losses = build_step(phase, ours, steps=10, start=start).train_step(batch(phase))
    assert all(np.isfinite(float(loss)) for loss in losses.values())
    moved = {name for name, network in ours.items() if not same(weights(network), before[name])}
    assert moved == set(phase.step.networks)
    assert same(weights(start), before["generator_g"])


def moved_layers(phase):
    ours = networks()
    generator = ours["generator_g"]
    # Away from the zeros of a new generator, through which nothing flows back.
    generator.set_weights([w + 0.001 for w in generator.get_weights()])
    before = {layer.name: weights(layer) for layer in generator.layers if layer.trainable_weights}
    build_step(phase, ours, steps=10, start=generator).train_step(batch(phase))
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
    phase = PHASES["adaptation"]
    ours, start = networks(), networks()["generator_g"]
    start.get_layer("Balance").set_weights(
        [w + 0.01 for w in start.get_layer("Balance").get_weights()]
    )
    model = build_step(phase, ours, steps=10, start=start)
    _, (scan, photograph) = batch(phase)
    objective, losses, made = model.generator_losses(*batch(phase))
    terms = phase.step.weights
    named = dict(zip(terms, losses, strict=True))
    assert float(objective) == pytest.approx(
        sum(terms[name] * float(loss) for name, loss in named.items()), rel=1e-5
    )
    now, before = (
        keras.Model(g.inputs, g.get_layer(phase.until).output)(scan)
        for g in (ours["generator_g"], start)
    )
    np.testing.assert_array_equal(made, now)
    assert float(named["anchor"]) == float(anchor_loss(before, now)) > 0.1
    assert float(named["colors"]) == float(sorted_wasserstein_loss(photograph, made))


def test_generators_have_their_running_mean_while_it_is_asked_for():
    phase = dataclasses.replace(PHASES["supervised"], averaging=0.5, decay=False)
    ours = networks()
    model = build_step(phase, ours, steps=10)
    steps = []
    for _ in range(3):
        model.train_step(batch(phase))
        steps.append(weights(ours["generator_g"]))
    with model.averaged():
        mean = weights(ours["generator_g"])
    assert same(weights(ours["generator_g"]), steps[-1])
    for first, second, third, average in zip(*steps, mean, strict=True):
        expected = 0.25 * first + 0.25 * second + 0.5 * third
        np.testing.assert_allclose(average, expected, rtol=1e-4, atol=1e-6)


def test_the_learning_rate_is_constant_then_falls_to_zero():
    rate = LinearDecay(2e-4, total_steps=100)
    steps = [0, 30, 50, 75, 99, 100, 120]
    expected = [2e-4, 2e-4, 2e-4, 1e-4, 4e-6, 0, 0]
    np.testing.assert_allclose([float(rate(s)) for s in steps], expected, rtol=1e-5, atol=1e-12)
    assert LinearDecay.from_config(rate.get_config())(75) == rate(75)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("adam", keras.optimizers.Adam), ("rmsprop", keras.optimizers.RMSprop),
     ("sgd", keras.optimizers.SGD)],
)  # fmt: skip
def test_optimizers_are_built_as_named(kind, expected):
    made = build_optimizer(Optimizer(kind, 3e-4), "float32")
    assert type(made) is expected
    assert float(made.learning_rate) == pytest.approx(3e-4)
    scaled = build_optimizer(Optimizer(kind, 3e-4), "mixed_float16")
    assert isinstance(scaled, keras.optimizers.LossScaleOptimizer)


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(ValueError, match="choose adam, rmsprop or sgd"):
        build_optimizer(Optimizer("adagrad", 1.0), "float32")
