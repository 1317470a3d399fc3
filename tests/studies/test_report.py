"""The documents of studies whose numbers are invented: that they are whole, and what is missing."""

import base64
import json
import re
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.experiments.studies import STUDIES
from negcolor.studies import ablation_quality
from negcolor.studies.report import write_report


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


def test_the_report_is_whole(ablation_study, numbers):
    study = ablation_study(numbers)
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


def test_the_grid_shows_negative_truth_and_results(ablation_study):
    study = ablation_study({"0": [(4.0, 10.0)], "4": [(2.0, 20.0)]})
    write_report(study)
    grid = np.asarray(Image.open(study / "pictures.jpg").convert("L"))
    middles = [grid[row * grid.shape[0] // 4 + 20, -80] for row in range(4)]
    np.testing.assert_allclose(middles, [200, 60, 90, 90], atol=3)


def test_a_study_without_truths_or_with_missing_runs(ablation_study):
    study = ablation_study({"0": [(4.0, None), None], "4": [(2.0, None), (2.2, None)]})
    write_report(study)
    text = (study / "study.md").read_text()
    assert ablation_quality.NO_TRUTHS in text
    assert "Runs without a result: 0 with seed 1." in text
    assert "Does a low loss" not in text


def test_a_study_whose_baseline_failed(ablation_study):
    study = ablation_study({"0": [None], "4": [(2.0, 20.0)]})
    assert all(file.exists() for file in write_report(study))


@pytest.mark.parametrize("number", STUDIES)
def test_every_companion_study_gets_its_documents(companion_study, number):
    study = companion_study(number, without=["pix2pix-seed-0", "wgan-gp-seed-0"])
    files = write_report(study)
    assert [file.name for file in files] == ["study.html", "study.md", "study.json"]
    text = (study / "study.md").read_text()
    paper = STUDIES[number]
    assert text.startswith(f"# {number}: {paper.title}\n")
    assert paper.published in text
    assert "photos: 7 pictures to train on" in text
    for candidate in paper.candidates:
        assert candidate.name in text
    record = json.loads((study / "study.json").read_text())
    assert record["options"]["study"] == number
    assert len(record["runs"]) + len(record["missing"]) == len(paper.candidates)
    for image in ("errors.png", "pictures.jpg"):
        assert f"]({image})" in text
        Image.open(study / image).verify()


def test_the_grid_has_a_row_per_system_between_grey_and_truth(companion_study):
    study = companion_study("004")
    write_report(study)
    grid = Image.open(study / "pictures.jpg")
    assert grid.height == 4 * (32 + 4)
    grey = np.array(grid)[2:30, -34:-6].astype(int)
    assert np.abs(grey - grey.mean(-1, keepdims=True)).max() < 20  # but for the JPEG's errors
    assert np.abs(np.array(grid)[-30:-6, -34:-6].std(-1)).max() > 20


def test_a_study_without_any_result(ablation_study):
    with pytest.raises(NegcolorError, match="has no run that has ended"):
        write_report(ablation_study({"0": [None], "4": [None]}))


@pytest.mark.parametrize("text", ["epoch\n1\n", ""])
def test_a_damaged_run_is_named(ablation_study, text):
    study = ablation_study({"0": [(4.0, 10.0)]})
    (study / "runs" / "0-seed-0" / "history.csv").write_text(text)
    with pytest.raises(NegcolorError, match=r"0-seed-0: evaluation.json or a history"):
        write_report(study)


def test_a_damaged_phase_is_named(companion_study):
    study = companion_study("004")
    run = study / "runs" / "archaeology-gan-seed-0"
    (run / "history_phase_1.csv").write_text("")
    with pytest.raises(NegcolorError, match=r"archaeology-gan-seed-0: evaluation.json or a hist"):
        write_report(study)


class Features:
    """An extractor that sees the mean and the brightest value of an image."""

    def features(self, images):
        return np.array([[image.mean(), image.max()] for image in images])


def test_kid_is_reported_where_there_are_features(ablation_study):
    study = ablation_study({"0": [(4.0, 10.0)], "4": [(2.0, 20.0)]})
    write_report(study, Features())
    # Results are 90/255 everywhere and truths 60/255: k(a, b) = (ab + 1)³ without any spread.
    a, b = 90 / 255, 60 / 255
    expected = (a * a + 1) ** 3 + (b * b + 1) ** 3 - 2 * (a * b + 1) ** 3
    text = (study / "study.md").read_text()
    assert f"{expected:.4f}" in text
    assert "Keras' InceptionV3" in text
