"""Rankings and rank correlations of invented numbers."""

import math

import pytest

from negcolor.studies import ablation_quality


@pytest.fixture
def results(ablation_results, numbers):
    return ablation_results(numbers)


def test_ranking_by_quality(results):
    section = ablation_quality.quality_table(results)
    assert [row[0] for row in section.rows] == ["7", "0", "patch-34", "4"]
    place = section.header.index("rank by loss of G")
    assert [row[place] for row in section.rows] == ["4", "3", "2", "1"]
    assert "KID ↓" not in section.header
    assert ablation_quality.NO_KID in section.sentences


def test_a_low_loss_need_not_mean_a_good_image(results):
    found = ablation_quality.correlations(results)
    assert found["G, last epoch"]["delta_e"].rho == pytest.approx(-1.0)
    assert found["G, last epoch"]["psnr"].rho == pytest.approx(-1.0)
    assert math.isnan(found["G, last epoch"]["ssim"].rho)  # all alike
    points = ablation_quality.summary(results).points
    assert any("low losses go with bad pictures" in point for point in points)
    assert any("modification 4, whose pictures have place 4 of 4" in point for point in points)
    assert any("the tests have little power" in point for point in points)


def test_a_training_that_diverged_comes_last(ablation_results, numbers):
    results = ablation_results({**numbers, "1": [(math.nan, 99.0)] * 3})
    assert ablation_quality.ranks(results, lambda run: run.last_loss("G"))["1"] == 5
    assert ablation_quality.correlations(results)["G, last epoch"]["delta_e"].count == 4
