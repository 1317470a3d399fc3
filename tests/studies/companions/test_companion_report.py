"""The tables of studies whose numbers are invented, worked out by hand, and the documents."""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.experiments.studies import STUDIES
from negcolor.studies import companion_paper_tables, companion_plots, companion_tables
from negcolor.studies.companion_report import write_report
from negcolor.studies.companion_results import read_results
from negcolor.studies.companion_sets import with_set_figures


def cells(section, heads=1):
    """First cells of a row -> the others."""
    return {row[0] if heads == 1 else row[:heads]: row[heads:] for row in section.rows}


def test_001_has_its_three_tables(make_study):
    results = read_results(make_study("001", seeds=(0, 1)))
    first, second, third = companion_paper_tables.paper_tables(results)
    rows = cells(first, 2)
    # 20 and 30 dB with seed 0, 21 and 31 with seed 1
    ours = ("25.50", "31.00", "20.00")
    assert rows["attention-unet-gan", "PSNR"] == (*ours, "24.67", "27.83", "16.01")
    assert rows["resnet18-unet-gan", "SSIM"] == ("0.850", "0.900", "0.800", "0.53", "0.70", "49/7")
    assert rows["unet-gan", "PSNR"] == (*ours, "–", "–", "–")
    assert rows["grey, no colors", "PSNR"] == ("20.00", "22.00", "18.00", "–", "–", "–")
    assert "printed as 49/7" in first.sentences[0]
    assert cells(second, 2)["wgan-gp", "PSNR"][3:] == ("18.79", "24.29", "16.50")
    assert cells(second, 2)["wgan-clip", "SSIM"][3:] == ("0.07", "0.20", "-0.00")
    assert cells(third, 2)["grey-cyclegan", "PSNR"] == (*ours, "6.03", "11.12", "1.69")


class Judge:
    """Sees two features, the mean of an image's red and green, and two classes."""

    def features(self, images):
        return np.array([image.mean((0, 1))[:2] for image in images])

    def probabilities(self, images):
        return np.eye(2)[: len(images)]


def test_002_says_why_cells_are_empty_and_fills_them_with_a_judge(make_study):
    study = make_study("002")
    results = read_results(study)
    (table,) = companion_paper_tables.paper_tables(results)
    rows = cells(table, 2)
    missing = "needs --inception-weights"
    assert rows["test", "unet-gan"] == (
        *(missing, "0.038", "25.00", "21.31", "0.850", "0.8664", missing, "12.66"),
    )
    assert rows["train", "wgan-clip"][1::2] == ("0.039", "17.14", "0.8264", "11.482")
    (table,) = companion_paper_tables.paper_tables(with_set_figures(study, results, Judge()))
    rows = cells(table, 2)
    assert float(rows["train", "unet-gan"][0]) >= 0
    # ten parts are asked for; with two images, each is a part with a score of 1
    assert rows["test", "unet-gan"][6] == rows["test", "the truth"][6] == "1.00"


def test_003_has_its_two_tables(make_study):
    results = read_results(make_study("003"))
    ablations, batches = companion_paper_tables.paper_tables(results)
    rows = cells(ablations)
    assert rows["inception-gan"][1:] == ("0.850", "0.95026", "25.00", "21.4709")
    assert rows["pix2pix"][1:] == ("0.850", "–", "25.00", "–")
    assert "inception-gan-quarter-batch" not in rows
    # Of 8 epochs the pretraining has 5 (8 · 20 / 35 = 4.57), the GAN 6 to 8: losses .6 to .8.
    rows = cells(batches)
    assert rows["inception-gan"] == (
        *("8", "0.6000", "0.9832335", "0.6000", "13.1451198"),
        *("0.8000", "0.5875823", "0.8000", "9.4398253"),
    )
    assert rows["inception-gan-quarter-batch"][0] == "2"


def test_004_has_losses_and_accuracy_of_each_phase(make_study):
    results = read_results(make_study("004"))
    (table,) = companion_paper_tables.paper_tables(results)
    rows = cells(table, 2)
    # Epochs: 1 of the pretraining, then 3, 3 and 1. A loss of .8 is .8 · 110² = 9680.
    assert rows["archaeology-cnn", "regression"][:5] == ("9680.0", "192.0", "", "", "")
    assert rows["archaeology-gan", "pretraining"][:2] == ("1210.0", "199.0")
    assert rows["archaeology-gan", "phase_1"][:5] == ("", "196.0", "0.400", "0.400", "0.540")
    assert rows["archaeology-gan", "phase_3"][:5] == ("", "192.0", "0.800", "0.800", "0.580")
    assert "0.999" in rows["archaeology-gan", "phase_3"][5]
    assert rows["grey, no colors", ""][1] == "260.0"


def test_colors_beside_those_of_grey_and_of_the_truth(make_study):
    results = read_results(make_study("004", seeds=(0, 1)))
    row = cells(companion_tables.color_table(results))["archaeology-gan"]
    assert row == (
        "9.25 ± 0.35",  # 9 and 9.5
        "12.00 ± 0.00",
        "−22.9 %",  # 9.25 / 12
        "11.00 ± 0.00",
        "25.0 ± 0.0",
        "45.0 ± 0.0",
        "25.0 %",
    )
    rows = cells(companion_tables.phase_table(results), 2)
    assert rows["archaeology-gan", "phase_1"] == (
        *("3", "16.00 ± 0.00", "12.50 ± 0.00", "9.00 ± 0.00", "17.00 ± 0.00"),
    )


def test_what_was_trained_stands_beside_the_papers_budget(make_study):
    study = make_study("003", without=["deep-koalarization-seed-0"])
    table = companion_tables.trained_table(read_results(study))
    row = cells(table)["inception-gan-quarter-batch"]
    assert row[1:] == ("8 (35)", "all pictures", "2 (16)", "32 (256)", "4 (64)", "keras", "1 of 1")
    assert cells(table)["deep-koalarization"][-1] == "0 of 1"
    assert table.sentences[1] == "Without a result: deep-koalarization with seed 0."
    table = companion_tables.trained_table(read_results(study))
    assert cells(table)["pix2pix"][-2] == ""  # it has no backbones


@pytest.mark.parametrize("number", STUDIES)
def test_every_study_gets_its_documents(make_study, number):
    study = make_study(number, without=["pix2pix-seed-0", "wgan-gp-seed-0"])
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


def test_the_grid_has_a_row_per_system_between_grey_and_truth(make_study):
    study = make_study("004")
    grid = Image.open(BytesIO(companion_plots.image_grid(study, read_results(study))))
    assert grid.height == 4 * (32 + 4)
    grey = np.array(grid)[2:30, -34:-6].astype(int)
    assert np.abs(grey - grey.mean(-1, keepdims=True)).max() < 20  # but for the JPEG's errors
    assert np.abs(np.array(grid)[-30:-6, -34:-6].std(-1)).max() > 20


def test_damaged_runs_are_named(make_study):
    study = make_study("004")
    run = study / "runs" / "archaeology-gan-seed-0"
    (run / "history_phase_1.csv").write_text("")
    with pytest.raises(NegcolorError, match=r"archaeology-gan-seed-0: one of history_pretraining"):
        read_results(study)


def test_a_study_without_a_result_has_no_report(make_study):
    study = make_study("004", without=["archaeology-cnn-seed-0", "archaeology-gan-seed-0"])
    with pytest.raises(NegcolorError, match="has no run that has ended"):
        write_report(study)
