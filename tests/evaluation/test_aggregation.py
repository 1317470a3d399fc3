"""From rows to methods, groups and extremes, against values computed by hand."""

import numpy as np
import pytest

from negcolor.evaluation.aggregation import (
    FIGURES,
    Row,
    best_methods,
    extremes,
    summarize,
    summarize_groups,
)
from negcolor.evaluation.metrics import Figures


def row(image, method, delta_e, psnr=20.0, **traits):
    values = {"ssim": 0.5, "delta_e_95": 2 * delta_e, "colorfulness": 30.0}
    return Row(image, method, Figures(psnr=psnr, delta_e=delta_e, **values), traits)


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
    assert set(summaries["net"].figures) == set(FIGURES)
    assert summaries["net"].figures["delta_e"].mean == 5.0
    assert summaries["net"].figures["delta_e_95"].mean == 10.0
    assert summaries["plain"].figures["delta_e"].mean == 8.0
    low, high = summaries["plain"].figures["delta_e"].interval
    assert 2.0 <= low < 8.0 < high <= 12.0
    assert summaries["net"].figures["ssim"].interval == (0.5, 0.5)


def test_an_infinite_mean_has_no_interval():
    rows = [row("a", "net", 0.0, psnr=np.inf), row("b", "net", 1.0, psnr=30.0)]
    psnr = summarize(rows)["net"].figures["psnr"]
    assert (psnr.mean, psnr.interval) == (np.inf, None)


def test_a_single_image_has_no_interval():
    delta_e = summarize([row("a", "net", 4.0)])["net"].figures["delta_e"]
    assert (delta_e.mean, delta_e.interval) == (4.0, None)


def test_groups_are_sorted_and_leave_out_what_is_not_known():
    groups = summarize_groups([*ROWS, row("d", "net", 99.0)], "exposure_stops")
    assert list(groups) == [-1.0, 0.5, 2.0]
    groups = summarize_groups([*ROWS, row("d", "net", 99.0)], "stock")
    assert list(groups) == ["ektar", "gold"]
    assert groups["gold"]["net"].figures["delta_e"].mean == 3.5
    assert groups["gold"]["plain"].images == 2
    assert groups["ektar"]["plain"].figures["delta_e"].mean == 2.0
    assert summarize_groups(ROWS, "scanner") == {}


@pytest.mark.parametrize(
    ("figure", "best"),
    [("delta_e", {"net"}), ("ssim", {"net", "plain"}), ("colorfulness", set())],
)
def test_the_best_method_of_a_figure(figure, best):
    assert best_methods(summarize(ROWS), figure) == best


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
    assert [each.figures.delta_e for each in extremes(rows, 2)] == kept
