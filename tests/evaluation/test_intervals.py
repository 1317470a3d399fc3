"""Bootstrap intervals: how often they cover, on simulated data."""

import numpy as np
import pytest

from negcolor.evaluation.intervals import bootstrap_interval


@pytest.mark.parametrize(
    ("draw", "mean"),
    [
        (lambda rng: rng.normal(20.0, 3.0, 40), 20.0),
        (lambda rng: rng.exponential(8.0, 60), 8.0),  # skewed, as ΔE is
    ],
)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_cover_the_mean_as_often_as_they_say(draw, mean, level):
    rng = np.random.default_rng(1)
    trials = 400
    intervals = [bootstrap_interval(draw(rng), level=level, resamples=1000) for _ in range(trials)]
    covered = np.mean([low <= mean <= high for low, high in intervals])
    # Three standard errors of a proportion over 400 trials, and the known shortfall of about
    # 0.02 in samples this small.
    assert abs(covered - level) < 3 * np.sqrt(level * (1 - level) / trials) + 0.02


def test_an_interval_of_many_values_is_that_of_the_normal_distribution():
    values = np.random.default_rng(2).normal(5.0, 2.0, 2000)
    error = 1.959964 * values.std(ddof=1) / np.sqrt(len(values))
    expected = (values.mean() - error, values.mean() + error)
    assert bootstrap_interval(values) == pytest.approx(expected, abs=0.05 * error)


def test_the_seed_decides():
    values = np.random.default_rng(3).normal(size=20)
    assert bootstrap_interval(values, seed=4) == bootstrap_interval(values, seed=4)
    assert bootstrap_interval(values, seed=4) != bootstrap_interval(values, seed=5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[3.5], [3.5, 3.5, 3.5], [0.0, 0.0], [0.1 + 0.2, 0.3]])
def test_values_without_spread_have_an_interval_without_width(values):
    assert bootstrap_interval(values) == pytest.approx((values[0], values[0]), abs=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 1.0, 5.0], [1.0, 1.0 + 1e-9, 1.0]])
def test_a_handful_of_values_gives_finite_ends_between_them(values):
    low, high = bootstrap_interval(values)
    assert min(values) <= low <= np.mean(values) <= high <= max(values)


@pytest.mark.parametrize("values", [[], [1.0, np.inf], [np.nan]])
def test_values_that_have_no_mean_are_refused(values):
    with pytest.raises(ValueError, match="finite"):
        bootstrap_interval(values)
