"""From rows to methods, groups, extremes and intervals, against values computed by hand."""

import numpy as np
import pytest

from negcolor.evaluation.aggregation import (
    METRICS,
    best_methods,
    bootstrap_interval,
    extremes,
    summarize,
    summarize_groups,
)
from negcolor.evaluation.measurement import Row
from negcolor.evaluation.metrics import Metrics


def row(image, method, delta_e, psnr=20.0, **traits):
    values = {"ssim": 0.5, "delta_e_95": 2 * delta_e, "colorfulness": 30.0}
    return Row(image, method, Metrics(psnr=psnr, delta_e=delta_e, **values), traits)


ROWS = [
    row("a", "net", 4.0, stock="gold", exposure_stops=-1.0),
    row("a", "plain", 10.0, stock="gold", exposure_stops=-1.0),
    row("b", "net", 8.0, stock="ektar", exposure_stops=2.0),
    row("b", "plain", 2.0, stock="ektar", exposure_stops=2.0),
    row("c", "net", 3.0, stock="gold", exposure_stops=0.5),
    row("c", "plain", 12.0, stock="gold", exposure_stops=0.5),
]


def test_means_of_methods():
    summaries = summarize(ROWS)
    assert list(summaries) == ["net", "plain"]
    assert [summary.images for summary in summaries.values()] == [3, 3]
    assert set(summaries["net"].metrics) == set(METRICS)
    assert summaries["net"].metrics["delta_e"].mean == 5.0
    assert summaries["net"].metrics["delta_e_95"].mean == 10.0
    assert summaries["plain"].metrics["delta_e"].mean == 8.0
    low, high = summaries["plain"].metrics["delta_e"].interval
    assert 2.0 <= low < 8.0 < high <= 12.0
    assert summaries["net"].metrics["ssim"].interval == (0.5, 0.5)


def test_an_infinite_mean_has_no_interval():
    rows = [row("a", "net", 0.0, psnr=np.inf), row("b", "net", 1.0, psnr=30.0)]
    psnr = summarize(rows)["net"].metrics["psnr"]
    assert (psnr.mean, psnr.interval) == (np.inf, None)


def test_a_single_image_has_no_interval():
    delta_e = summarize([row("a", "net", 4.0)])["net"].metrics["delta_e"]
    assert (delta_e.mean, delta_e.interval) == (4.0, None)


def test_groups_are_sorted_and_leave_out_what_is_not_known():
    groups = summarize_groups([*ROWS, row("d", "net", 99.0)], "exposure_stops")
    assert list(groups) == [-1.0, 0.5, 2.0]
    groups = summarize_groups([*ROWS, row("d", "net", 99.0)], "stock")
    assert list(groups) == ["ektar", "gold"]
    assert groups["gold"]["net"].metrics["delta_e"].mean == 3.5
    assert groups["gold"]["plain"].images == 2
    assert groups["ektar"]["plain"].metrics["delta_e"].mean == 2.0
    assert summarize_groups(ROWS, "scanner") == {}


@pytest.mark.parametrize(
    ("metric", "best"),
    [("delta_e", {"net"}), ("ssim", {"net", "plain"}), ("colorfulness", set())],
)
def test_the_best_method_of_a_metric(metric, best):
    assert best_methods(summarize(ROWS), metric) == best


def test_higher_is_better_for_psnr():
    summaries = summarize([row("a", "low", 1.0, psnr=10.0), row("a", "high", 1.0, psnr=11.0)])
    assert best_methods(summaries, "psnr") == {"high"}


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([5, 1, 4, 2, 3], [1, 2, 4, 5]),
        ([5, 1, 4, 2], [1, 2, 4, 5]),
        ([2, 1], [1, 2]),
        ([], []),
    ],
)
def test_extremes_from_the_best_to_the_worst(values, kept):
    rows = [row(str(value), "net", float(value)) for value in values]
    assert [each.metrics.delta_e for each in extremes(rows, 2)] == kept


@pytest.mark.parametrize(("level", "deviations"), [(0.95, 1.959964), (0.8, 1.281552)])
def test_an_interval_of_many_values_is_that_of_the_normal_distribution(level, deviations):
    values = np.random.default_rng(2).normal(5.0, 2.0, 2000)
    error = deviations * values.std(ddof=1) / np.sqrt(len(values))
    expected = (values.mean() - error, values.mean() + error)
    assert bootstrap_interval(values, level=level) == pytest.approx(expected, abs=0.05 * error)


def test_an_interval_of_skewed_values_reaches_further_towards_the_long_tail():
    values = np.random.default_rng(3).exponential(8.0, 60)  # skewed, as ΔE is
    low, high = bootstrap_interval(values)
    assert high - values.mean() > 1.1 * (values.mean() - low)


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
