"""The CycleGAN's step and its image pools: what they change, what they report."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import MODIFICATIONS, modification
from negcolor.networks.factory import build_networks
from negcolor.training.cyclegan import LOSS_NAMES, CycleGAN, ImagePool

pytestmark = pytest.mark.slow

SIZE = 32


def build(key, *, precision="float32", jit=False, rates=(1e-3, 1e-3), seed=0):
    """A CycleGAN of that modification with 4 filters and one residual block, compiled."""
    keras.utils.set_random_seed(seed)
    chosen = modification(key)
    small = dataclasses.replace(
        chosen,
        generator=dataclasses.replace(chosen.generator, filters=4, residual_blocks=1),
        discriminator=dataclasses.replace(chosen.discriminator, filters=4),
    )
    networks = build_networks(small, policy=precision)
    (phase,) = CycleGANConfig(key).phases()
    model = CycleGAN(networks, phase.step, image_size=SIZE, pool_size=2, seed=seed)
    model.compile(*(keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates), jit=jit)
    return model


def batch(size=1):
    draw = np.random.default_rng(7).uniform(-1, 1, (2, size, SIZE, SIZE, 3))
    return tuple(tf.constant(domain, tf.float32) for domain in draw)


def snapshot(variables):
    return [np.array(v) for v in variables]


def changed(variables, before):
    return [
        variable.path
        for variable, old in zip(variables, before, strict=True)
        if not np.array_equal(np.array(variable), old)
    ]


def kernels(variables):
    return [v.path for v in variables if "kernel" in v.path]


# Where the number format meets another layer or another branch.
BFLOAT16 = ["0", "4", "5", "7", "8", "11", "13", "18", "layer-norm", "spectral-norm"]


QUICK = {("13", "float32"), ("spectral-norm", "mixed_bfloat16")}


@pytest.mark.parametrize(
    ("key", "precision"),
    [
        pytest.param(key, precision, marks=() if (key, precision) in QUICK else pytest.mark.slow)
        for precision, keys in {"float32": MODIFICATIONS, "mixed_bfloat16": BFLOAT16}.items()
        for key in keys
    ],
)
def test_a_step_trains_all_four_networks(key, precision):
    model = build(key, precision=precision)
    variables = model.generator_variables + model.discriminator_variables
    before = snapshot(variables)
    # Pre-activation blocks end in a zero kernel, through which nothing flows back at first.
    losses = [model.train_step(batch()) for _ in range(2)]
    assert set(kernels(variables)) <= set(changed(variables, before))
    assert list(losses[-1]) == list(LOSS_NAMES)
    assert all(np.isfinite(float(value)) for value in losses[-1].values())
    assert all(np.isfinite(np.array(v)).all() for v in variables)


@pytest.mark.parametrize(
    "key", ["19", *(pytest.param(key, marks=pytest.mark.slow) for key in ("7", "spectral-norm"))]
)
def test_each_optimizer_moves_its_own_networks_only(key):
    model = build(key, rates=(1e-3, 0.0))
    before = snapshot(model.discriminator_variables)
    model.train_step(batch())
    assert changed(model.discriminator_variables, before) == []

    model = build(key, rates=(0.0, 1e-3))
    before = snapshot(model.generator_variables)
    model.train_step(batch())
    assert changed(model.generator_variables, before) == []


def test_the_generators_step_leaves_the_spectral_norms_alone():
    model = build("spectral-norm")
    states = model.discriminator_x.non_trainable_variables
    assert states
    before = snapshot(states)
    model.generator_gradients(*batch())
    assert changed(states, before) == []
    model.discriminator_gradients(*batch(), *batch())
    assert len(changed(states, before)) == len(states)


def test_an_evaluation_changes_nothing():
    model = build("0")
    variables = model.generator_variables + model.discriminator_variables + [model.pool_x.images]
    before = snapshot(variables)
    losses = model.test_step(batch())
    assert changed(variables, before) == []
    assert list(losses) == list(LOSS_NAMES)


@pytest.mark.parametrize("key", ["4", "7", "spectral-norm"])
def test_xla_computes_the_same_step(key):
    """Losses agree within 1e-4 of themselves, gradients within 1e-3 of the largest one."""
    plain, compiled = build(key), build(key, jit=True)
    expected, expected_losses, _ = plain.compiled_generator_gradients(*batch())
    actual, actual_losses, _ = compiled.compiled_generator_gradients(*batch())
    np.testing.assert_allclose(actual_losses, expected_losses, rtol=1e-4)
    largest = max(np.abs(g).max() for g in expected)
    for ours, theirs in zip(actual, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3 * largest)


@pytest.mark.parametrize("key", ["4", "18"])
def test_a_step_compiled_by_xla_in_bfloat16_is_finite_and_trains(key):
    model = build(key, precision="mixed_bfloat16", jit=True)
    before = snapshot(model.generator_variables)
    losses = model.train_step(batch())
    assert all(np.isfinite(float(value)) for value in losses.values())
    assert changed(model.generator_variables, before)


def test_float16_steps_under_a_loss_scale():
    model = build("0", precision="mixed_float16")
    scaled = [keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-3)) for _ in range(2)]
    model.compile(*scaled)
    before = snapshot(model.generator_variables)
    for _ in range(12):  # the scale starts at 2^15 and halves until nothing overflows
        losses = model.train_step(batch())
    assert changed(model.generator_variables, before)
    assert all(np.isfinite(float(value)) for value in losses.values())


def test_the_losses_are_the_papers_sums():
    """Generator G = eq. 1 + 10 × both terms of eq. 2 + 5 × eq. 3, evaluated in NumPy."""
    model = build("identity-loss")
    x, y = batch()
    g, f = (lambda p, n=n: np.asarray(n(p)) for n in (model.generator_g, model.generator_f))
    d_x, d_y = (
        lambda p, n=n: np.asarray(n(p), "float64")
        for n in (model.discriminator_x, model.discriminator_y)
    )
    fake_y, fake_x = g(x), f(y)
    cycle = 10 * (np.abs(f(fake_y) - x).mean() + np.abs(g(fake_x) - y).mean())
    expected_g = np.log1p(np.exp(-d_y(fake_y))).mean() + cycle + 5 * np.abs(g(y) - y).mean()
    expected_f = np.log1p(np.exp(-d_x(fake_x))).mean() + cycle + 5 * np.abs(f(x) - x).mean()
    expected_x, expected_y = (
        0.5 * (np.log1p(np.exp(-d(real))).mean() + np.log1p(np.exp(d(fake))).mean())
        for d, real, fake in ((d_x, x, fake_x), (d_y, y, fake_y))
    )
    losses = model.train_step((x, y))
    expected = [expected_g, expected_f, expected_x, expected_y]
    np.testing.assert_allclose([float(v) for v in losses.values()], expected, rtol=1e-4)


def test_lsgan_is_used_where_asked():
    model = build("0")
    model.objective = dataclasses.replace(model.objective, loss="lsgan")
    x, y = batch()
    logits_real, logits_fake = (np.asarray(model.discriminator_x(p)) for p in (x, y))
    _, (loss_x, _) = model.discriminator_losses(x, x, y, y)
    expected = 0.5 * (((logits_real - 1) ** 2).mean() + (logits_fake**2).mean())
    assert float(loss_x) == pytest.approx(expected, rel=1e-5)


def test_training_lowers_the_cycle_loss():
    model = build("0", rates=(2e-3, 1e-5))
    step = tf.function(model.train_step, autograph=False)
    losses = []
    for _ in range(60):
        model.reset_metrics()
        losses.append(float(step(batch())["generator G"]))
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def numbered(first, count):
    """Images that carry their number in every pixel."""
    numbers = np.arange(first, first + count, dtype="float32")
    return np.broadcast_to(numbers[:, None, None, None], (count, 2, 2, 1))


def numbers_of(images):
    return np.asarray(images)[:, 0, 0, 0].astype(int).tolist()


def test_until_it_is_full_images_come_back_unchanged():
    pool = ImagePool((2, 2, 1), size=5)
    assert numbers_of(pool(numbered(1, 3))) == [1, 2, 3]
    assert numbers_of(pool(numbered(4, 2))) == [4, 5]
    assert numbers_of(pool.images) == [1, 2, 3, 4, 5]
    assert int(pool.count) == 5


def test_a_full_pool_exchanges_half_of_the_images_for_earlier_ones():
    pool = ImagePool((2, 2, 1), size=10, seed=1)
    exchange = tf.function(pool)
    held = set(numbers_of(exchange(numbered(0, 10))))
    exchanged = 0
    for number in range(10, 410):
        (back,) = numbers_of(exchange(numbered(number, 1)))
        if back != number:
            assert back in held
            held = held - {back} | {number}
            exchanged += 1
        assert set(numbers_of(pool.images)) == held
    assert 160 < exchanged < 240  # 200 ± 4 standard deviations


def test_slots_are_drawn_evenly():
    pool = ImagePool((2, 2, 1), size=4, seed=3)
    exchange = tf.function(pool)
    exchange(numbered(0, 4))
    changes = np.zeros(4, int)
    for number in range(4, 404):
        before = np.array(numbers_of(pool.images))
        exchange(numbered(number, 1))
        changes += before != numbers_of(pool.images)
    assert changes.min() > 25  # 50 expected


def test_equal_seeds_exchange_alike_and_others_do_not():
    pools = [ImagePool((2, 2, 1), size=3, seed=s) for s in (5, 5, 6)]
    sequences = [[numbers_of(pool(numbered(3 * i, 3))) for i in range(12)] for pool in pools]
    assert sequences[0] == sequences[1] != sequences[2]
