"""The paper's tables from invented numbers, worked out by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from negcolor.experiments import published
from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.studies import ablation_tables


@pytest.fixture
def results(ablation_results, numbers):
    return ablation_results(numbers)


def test_the_papers_numbers_are_complete():
    assert set(published.LOSSES) == {key for key, entry in MODIFICATIONS.items() if entry.paper}
    for network, printed in published.REDUCTIONS.items():
        base, best = (getattr(published.RANGES[key], network) for key in ("0", "4"))
        assert printed == pytest.approx(100 * (1 - best / base), abs=0.06)


def test_table_3(results, cells):
    rows = cells(ablation_tables.architecture_table(results))
    assert rows["0"][1:] == (
        *("15", "12", "11.96 M", "3.2 M", "4", "4"),
        *("48,467", "11,737"),
    )
    assert rows["patch-34"][2] == rows["patch-34"][4] == "–"


def test_tables_4_and_5(results, cells):
    rows = cells(ablation_tables.generator_table(results))
    deviation = np.std([8.0, 8.4, 8.2], ddof=1)
    assert rows["0"][1] == f"8.20 ± {deviation:.2f}"
    assert rows["4"][2:9] == (
        *("2.05 ± 0.05", "4.56", "3.74"),
        *("5.10 ± 0.10", "3.05 ± 0.05", "3.35", "3.61"),  # F is really F
    )
    assert rows["7"][7:] == ("–", "–")  # the paper does not say
    rows = cells(ablation_tables.discriminator_table(results))
    assert rows["7"][1:5] == ("0.50 ± 0.00", "0.50 ± 0.00", "0.66", "0.72")
    assert rows["7"][5:] == ("0.25 ± 0.00", "0.25 ± 0.00", "0.70", "0.68")


def test_table_7(results, cells):
    rows = cells(ablation_tables.range_table(results))
    assert rows["G"] == ("4.70–5.60", "2.39–4.07", "4.00–8.40", "2.00–4.20")
    # Means over the epochs: 1.5 times the last loss of G, and F 1 more.
    assert rows["mean, generators"][:3] == ("5.20", "3.23", "6.65")
    assert float(rows["mean, generators"][3]) == pytest.approx(1.5 * 2.05 + 0.5, abs=0.006)
    expected = 100 * (1 - (1.5 * 2.05 + 0.5) / (1.5 * 4.1 + 0.5))
    assert rows["reduction, generators"][1:] == ("37.9 %", "", f"{expected:.1f} %")
    assert rows["reduction, discriminators"][1:] == ("40.9 %", "", "0.0 %")


def test_the_tests_of_table_7(results, cells, numbers):
    rows = cells(ablation_tables.test_table(results, "generators"))
    assert rows["0"][2:] == ("",) * 5
    losses = {key: [1.5 * loss + 0.5 for loss, _ in values] for key, values in numbers.items()}
    expected = stats.ttest_ind(losses["7"], losses["0"], equal_var=False)
    assert rows["7"][3] == f"{expected.statistic:.2f} ({expected.df:.1f})"
    assert rows["7"][4] == f"{expected.pvalue:.3f}"
    assert float(rows["7"][5]) == pytest.approx(expected.pvalue, abs=6e-4)  # the largest of three
    rows = cells(ablation_tables.test_table(results, "discriminators"))
    assert set(rows["7"][3:]) == {"–"}  # nothing varies


def test_losses_that_are_not_known_are_dashes(ablation_results, cells, numbers):
    results = ablation_results({**numbers, "1": [(math.nan, 99.0)] * 3})
    rows = cells(ablation_tables.generator_table(results))
    assert rows["1"][1:3] == ("–", "–")
    assert cells(ablation_tables.range_table(results))["G"][3] == "2.00–4.20"


def test_a_baseline_that_failed(ablation_results, cells):
    results = ablation_results({"0": [None], "4": [(2.0, 20.0)]})
    assert cells(ablation_tables.range_table(results))["reduction, generators"][3] == "–"
    assert cells(ablation_tables.test_table(results, "generators"))["4"][2:] == ("",) * 5
