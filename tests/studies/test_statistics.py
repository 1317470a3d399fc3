"""Statistics against values computed by hand, from tables, and from definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from negcolor.studies.statistics import (
    compare_with_baseline,
    detectable_effect,
    hedges_g,
    holm,
    spearman,
    welch,
)


def test_welch_by_hand():
    # Means 1.5 and 4, variances .5 and 2: t = -2.5 / sqrt(.5/2 + 2/2); the degrees of freedom are
    # 1.25² / (.25² + 1²).
    t, degrees, p = welch([1.0, 2.0], [3.0, 5.0])
    assert t == pytest.approx(-2.5 / math.sqrt(1.25))
    assert degrees == pytest.approx(1.25**2 / 1.0625)
    assert p == pytest.approx(2 * stats.t.sf(abs(t), degrees))


def test_hedges_g_by_hand():
    # Pooled variance (.5 + 2) / 2; the correction for two degrees of freedom is 1 / sqrt(pi).
    expected = -2.5 / math.sqrt(1.25) / math.sqrt(math.pi)
    assert hedges_g([1.0, 2.0], [3.0, 5.0]) == pytest.approx(expected)
    # For many values it comes near Cohen's d with the usual 1 - 3 / (4 n - 9).
    rng = np.random.default_rng(0)
    x, y = rng.normal(1, 1, 40), rng.normal(0, 1, 40)
    d = (x.mean() - y.mean()) / math.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)
    assert hedges_g(x, y) == pytest.approx(d * (1 - 3 / (4 * 80 - 9)), rel=1e-4)


@pytest.mark.parametrize("samples", [([1.0], [2.0, 3.0]), ([1.0, 1.0], [2.0, 2.0])])
def test_samples_that_allow_no_test(samples):
    assert all(map(math.isnan, welch(*samples)))
    assert math.isnan(hedges_g(*samples))


def test_holm_by_hand():
    # Sorted: .005·4, .01·3, .03·2, .04·1; no p-value may fall below an earlier one.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    corrected = holm([0.02, math.nan, 0.01])
    assert corrected[::2] == pytest.approx([0.02, 0.02])
    assert math.isnan(corrected[1])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=25))
def test_holm_lies_between_no_correction_and_bonferronis(p):
    corrected = np.array(holm(p))
    assert np.all(corrected >= np.array(p))
    assert np.all(corrected <= np.minimum(1.0, np.array(p) * len(p)))
    assert corrected[np.argmin(p)] == min(1.0, min(p) * len(p))


def test_holm_makes_false_alarms_as_rare_as_it_says():
    rng = np.random.default_rng(1)
    alarms = sum(min(holm(rng.uniform(size=19))) < 0.05 for _ in range(2000))
    assert alarms / 2000 == pytest.approx(0.05, abs=0.015)


def test_spearman_by_hand():
    # Ranks 1 2 3 4 5 and 2 1 4 3 5: 1 - 6 · 4 / (5 · 24) = .8.
    found = spearman([1, 2, 3, 4, 5], [20, 10, 400, 30, 500])
    assert found.rho == pytest.approx(0.8)
    assert found.p == pytest.approx(0.1041, abs=1e-4)  # t = .8 sqrt(3 / .36), 3 degrees
    error = math.sqrt((1 + 0.32) / 2)
    assert math.atanh(found.high) - math.atanh(found.low) == pytest.approx(2 * 1.959964 * error)


def test_the_interval_of_a_rank_correlation_covers_it():
    rng = np.random.default_rng(2)
    r = 0.5
    rho = 6 / math.pi * math.asin(r / 2)  # Spearman's of a bivariate normal distribution
    covered = 0
    for _ in range(1000):
        pairs = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], 20)
        found = spearman(*pairs.T)
        covered += found.low <= rho <= found.high
    assert covered / 1000 == pytest.approx(0.95, abs=0.025)


def test_rank_correlations_that_say_nothing():
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]).rho)
    assert math.isnan(spearman([1], [2]).rho)
    two = spearman([1, 2], [3, 4])
    assert two.rho == pytest.approx(1.0)
    assert math.isnan(two.p)
    perfect = spearman([1, 2, 3, 4], [4, 3, 2, 1])
    assert perfect.rho == pytest.approx(-1.0)
    assert math.isnan(perfect.low)


def test_detectable_effects_of_published_power_tables():
    # Cohen 1988: 64 in each group for d = .5, 26 for .8, at a level of .05 and a power of .8.
    assert detectable_effect(64, 0.05) == pytest.approx(0.5, abs=0.005)
    assert detectable_effect(26, 0.05) == pytest.approx(0.8, abs=0.01)
    assert detectable_effect(1, 0.05) == math.inf


def test_comparisons_correct_for_their_number():
    rng = np.random.default_rng(3)
    baseline = rng.normal(0, 1, 5)
    samples = {"a": rng.normal(2, 1, 5), "b": rng.normal(0, 1, 5), "one": [3.0]}
    found = compare_with_baseline(samples, baseline)
    for name in ("a", "b"):
        expected = stats.ttest_ind(samples[name], baseline, equal_var=False)
        assert found[name].p == pytest.approx(expected.pvalue)
        assert found[name].difference == pytest.approx(samples[name].mean() - baseline.mean())
    assert found["a"].p_holm == pytest.approx(2 * found["a"].p)  # "one" is no test
    assert found["one"].difference == pytest.approx(3.0 - baseline.mean())
    assert math.isnan(found["one"].p_holm)
