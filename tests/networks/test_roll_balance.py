"""One balance for a whole roll."""

import keras
import numpy as np
import pytest
from skimage import data

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.film.simulation import simulate
from negcolor.images.color import to_network
from negcolor.inference.tiled import tiled_pass
from negcolor.networks.apply import apply_generator
from negcolor.networks.density_prior import TERMS
from negcolor.networks.generator import build_generator
from negcolor.networks.roll_balance import (
    RollBalance,
    balance_reader,
    common_balance,
    with_roll_balance,
)

NEUTRAL = np.zeros((TERMS, 3), "float32")


@pytest.fixture(scope="module")
def generator():
    built = build_generator(GeneratorConfig(filters=4, residual_blocks=1, prior="density"))
    rng = np.random.default_rng(0)
    for weight in built.weights:
        weight.assign(weight.numpy() + rng.normal(0, 0.03, weight.shape))
    return built


SCAN = simulate(data.astronaut()[::4, ::4])


def roll_balance(low, high, coefficients=NEUTRAL):
    return RollBalance(np.array([low, high], "float32"), coefficients)


def test_a_frame_with_its_own_balance_is_the_frame(generator):
    own = balance_reader(generator)(to_network(SCAN))
    assert own.limits.shape == (2, 3)
    assert own.coefficients.shape == (TERMS, 3)
    fixed = with_roll_balance(generator, own)
    expected = apply_generator(generator, SCAN)
    np.testing.assert_allclose(apply_generator(fixed, SCAN), expected, atol=1e-5)
    bands = [rows for _, rows in tiled_pass(fixed, SCAN, 0)]
    np.testing.assert_allclose(np.concatenate(bands), expected, atol=1e-4)


def test_frames_of_one_balance_keep_their_differences(generator):
    """A frame of more exposure stays brighter, which with its own balance it would not."""
    photo = data.astronaut()[::4, ::4]
    frames = [simulate(photo, exposure_stops=stops) for stops in (0.0, 1.0)]
    prior = build_generator(GeneratorConfig(filters=4, residual_blocks=1, prior="density"))
    roll = common_balance([balance_reader(prior)(to_network(frame)) for frame in frames])
    fixed = with_roll_balance(prior, roll)
    normal, brighter = (apply_generator(fixed, frame).mean() for frame in frames)
    alone = [apply_generator(prior, frame).mean() for frame in frames]
    assert brighter - normal > 3 * abs(alone[1] - alone[0])


def test_equal_balances_have_themselves_in_common():
    coefficients = np.random.default_rng(1).normal(0, 0.05, (TERMS, 3)).astype("float32")
    one = roll_balance([0.1, 0.5, 0.7], [1.1, 1.6, 1.9], coefficients)
    common = common_balance([one] * 3)
    np.testing.assert_allclose(common.limits, one.limits)
    np.testing.assert_allclose(common.coefficients, one.coefficients, atol=1e-5)


def test_frames_of_another_kind_change_little():
    rng = np.random.default_rng(2)
    roll = [
        roll_balance(0.2 + rng.normal(0, 0.01, 3), 1.4 + rng.normal(0, 0.01, 3)) for _ in range(9)
    ]
    blank = roll_balance([0.2] * 3, [0.21] * 3)
    light_struck = roll_balance([2.4] * 3, [2.9] * 3, NEUTRAL + 1.0)
    clean, spoilt = common_balance(roll), common_balance([*roll, blank, light_struck])
    np.testing.assert_allclose(spoilt.limits, clean.limits, atol=0.02)
    np.testing.assert_allclose(spoilt.coefficients, clean.coefficients, atol=0.05)


def test_a_balance_can_be_saved_in_a_model(generator, tmp_path):
    fixed = with_roll_balance(generator, roll_balance([0.1] * 3, [1.2] * 3))
    fixed.save(tmp_path / "g.keras")
    loaded = keras.saving.load_model(tmp_path / "g.keras")
    scan = to_network(SCAN)[None]
    np.testing.assert_array_equal(np.asarray(loaded(scan)), np.asarray(fixed(scan)))


def test_without_a_prior_there_is_no_balance():
    plain = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    with pytest.raises(NegcolorError, match="--prior density"):
        balance_reader(plain)
