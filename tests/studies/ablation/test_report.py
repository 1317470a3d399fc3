"""The report of studies whose numbers are invented: what the tables say, and that it is whole."""

import base64
import json
import math
import re
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.experiments.published_losses import (
    PAPER_LOSSES,
    PAPER_RANGES,
    PAPER_REDUCTIONS,
)
from negcolor.studies import ablation_quality, ablation_tables
from negcolor.studies.ablation_report import write_report
from negcolor.studies.ablation_results import LOSSES, read_results
from negcolor.training.cyclegan import LOSS_NAMES

# Key -> (final loss of G, ΔE2000) with each seed. The lower the loss, the worse the images.
NUMBERS = {
    "0": [(4.0, 10.0), (4.2, 11.0), (4.1, 10.5)],
    "4": [(2.0, 20.0), (2.1, 21.0), (2.05, 20.5)],
    "7": [(5.0, 9.0), (4.4, 9.5), (4.7, 9.1)],
    "patch-34": [(3.0, 15.0), (3.3, 15.5), (3.2, 14.5)],
}


@pytest.fixture
def results(make_study):
    return read_results(make_study(NUMBERS))


def cells(section):
    """First cell of a row -> the others."""
    return {row[0]: row[1:] for row in section.rows}


def test_the_losses_are_those_of_the_training():
    assert tuple(LOSSES.values()) == LOSS_NAMES


def test_the_papers_numbers_are_complete():
    assert set(PAPER_LOSSES) == {key for key, entry in MODIFICATIONS.items() if entry.paper}
    for network, mean in (
        ("generators", "mean_generator"),
        ("discriminators", "mean_discriminator"),
    ):
        base, best = (getattr(PAPER_RANGES[key], mean) for key in ("0", "4"))
        assert PAPER_REDUCTIONS[network] == pytest.approx(100 * (1 - best / base), abs=0.06)


def test_table_3(results):
    rows = cells(ablation_tables.architecture_table(results))
    assert rows["0"][1:] == (
        *("15", "12", "11.96 M", "3.2 M", "4", "4"),
        *("48,467", "11,737"),
    )
    assert rows["patch-34"][2] == rows["patch-34"][4] == "–"


def test_tables_4_and_5(results):
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


def test_table_7(results):
    rows = cells(ablation_tables.range_table(results))
    assert rows["G"] == ("4.70–5.60", "2.39–4.07", "4.00–8.40", "2.00–4.20")
    # Means over the epochs: 1.5 times the last loss of G, and F 1 more.
    assert rows["mean, generators"][:3] == ("5.20", "3.23", "6.65")
    assert float(rows["mean, generators"][3]) == pytest.approx(1.5 * 2.05 + 0.5, abs=0.006)
    expected = 100 * (1 - (1.5 * 2.05 + 0.5) / (1.5 * 4.1 + 0.5))
    assert rows["reduction, generators"][1:] == ("37.9 %", "", f"{expected:.1f} %")
    assert rows["reduction, discriminators"][1:] == ("40.9 %", "", "0.0 %")


def test_the_tests_of_table_7(results):
    rows = cells(ablation_tables.test_table(results, "generators"))
    assert rows["0"][2:] == ("",) * 5
    losses = {key: [1.5 * loss + 0.5 for loss, _ in values] for key, values in NUMBERS.items()}
    expected = stats.ttest_ind(losses["7"], losses["0"], equal_var=False)
    assert rows["7"][3] == f"{expected.statistic:.2f} ({expected.df:.1f})"
    assert rows["7"][4] == f"{expected.pvalue:.3f}"
    assert float(rows["7"][5]) == pytest.approx(expected.pvalue, abs=6e-4)  # the largest of three
    rows = cells(ablation_tables.test_table(results, "discriminators"))
    assert set(rows["7"][3:]) == {"–"}  # nothing varies


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


def test_a_training_that_diverged_comes_last(make_study):
    results = read_results(make_study({**NUMBERS, "1": [(math.nan, 99.0)] * 3}))
    assert ablation_quality.ranks(results, lambda run: run.last("G"))["1"] == 5
    assert ablation_quality.correlations(results)["G, last epoch"]["delta_e"].count == 4
    assert cells(ablation_tables.range_table(results))["G"][3] == "2.00–4.20"


class Sources(HTMLParser):
    """The files that a page asks for, and its headings."""

    def __init__(self):
        super().__init__()
        self.sources, self.headings, self.tag = [], [], None

    def handle_starttag(self, tag, attrs):
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        self.tag = tag

    def handle_data(self, data):
        if self.tag == "h2" and data.strip():
            self.headings.append(data)


def test_the_report_is_whole(make_study):
    study = make_study(NUMBERS)
    html, markdown, record = (file.read_text() for file in write_report(study))
    page = Sources()
    page.feed(html)
    headings = re.findall("^### (.+)$", markdown, re.M)
    assert page.headings == headings
    assert [h.split(":")[0] for h in headings[1:6]] == [
        *("Table III", "Table IV", "Table V", "Table VI", "Table VII"),
    ]
    assert len(page.sources) == 3
    for source, name in zip(page.sources, re.findall(r"\]\((.+)\)", markdown), strict=True):
        content = base64.b64decode(source.partition(";base64,")[2])
        assert content == (study / name).read_bytes()
        assert len(content) < 60_000
        Image.open(BytesIO(content)).load()
    found = json.loads(record, parse_constant=pytest.fail)  # no NaN, which is no JSON
    assert len(found["runs"]) == 12
    assert found["missing"] == []
    assert found["against_baseline"]["delta_e"]["4"]["difference"] == 10.0


def test_the_grid_shows_negative_truth_and_results(make_study):
    study = make_study({"0": [(4.0, 10.0)], "4": [(2.0, 20.0)]})
    write_report(study)
    grid = np.asarray(Image.open(study / "pictures.jpg").convert("L"))
    middles = [grid[row * grid.shape[0] // 4 + 20, -80] for row in range(4)]
    np.testing.assert_allclose(middles, [200, 60, 90, 90], atol=3)


def test_a_study_without_truths_or_with_missing_runs(make_study):
    study = make_study({"0": [(4.0, None), None], "4": [(2.0, None), (2.2, None)]})
    write_report(study)
    text = (study / "study.md").read_text()
    assert ablation_quality.NO_TRUTHS in text
    assert "Runs without a result: 0 with seed 1." in text
    assert "Does a low loss" not in text


def test_a_study_whose_baseline_failed(make_study):
    study = make_study({"0": [None], "4": [(2.0, 20.0)]})
    write_report(study)
    results = read_results(study)
    assert cells(ablation_tables.range_table(results))["reduction, generators"][3] == "–"
    assert cells(ablation_tables.test_table(results, "generators"))["4"][2:] == ("",) * 5


def test_a_study_without_any_result(make_study):
    with pytest.raises(NegcolorError, match="has no run that has ended"):
        write_report(make_study({"0": [None], "4": [None]}))


def test_a_damaged_run_is_named(make_study):
    study = make_study({"0": [(4.0, 10.0)]})
    (study / "runs" / "0-seed-0" / "history.csv").write_text("epoch\n1\n")
    with pytest.raises(NegcolorError, match=r"0-seed-0: its history.csv or evaluation.json"):
        write_report(study)


class Judge:
    """Sees mean and brightest value of an image."""

    def features(self, images):
        return np.array([[image.mean(), image.max()] for image in images])


def test_kid_is_reported_where_there_is_a_judge(make_study):
    study = make_study({"0": [(4.0, 10.0)], "4": [(2.0, 20.0)]})
    write_report(study, Judge())
    # Results are 90/255 everywhere and truths 60/255: k(a, b) = (ab + 1)³ without any spread.
    a, b = 90 / 255, 60 / 255
    expected = (a * a + 1) ** 3 + (b * b + 1) ** 3 - 2 * (a * b + 1) ** 3
    text = (study / "study.md").read_text()
    assert f"{expected:.4f}" in text
    assert "Keras' InceptionV3" in text
