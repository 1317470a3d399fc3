"""What a report says, that it is well-formed, and that it is written whole or not at all."""

import csv
import dataclasses
import io
import json
import os
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.evaluation.aggregation import METRICS
from negcolor.evaluation.report import to_csv, to_json, write_report
from negcolor.evaluation.report_html import to_html
from negcolor.evaluation.report_text import print_tables, to_markdown
from negcolor.evaluation.set_metrics import SetComparison, SetMetrics

VOID = {"meta", "img", "input"}


class Page(HTMLParser):
    """Checks that elements are closed in order, and collects what they refer to and say."""

    def __init__(self, html):
        super().__init__()
        self.open, self.references, self.ids, self.tags, self.text = [], [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        assert len(values) == len(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.references += [values[name] for name in ("src", "href", "data") if name in values]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_is_well_formed_and_refers_to_nothing_outside(evaluation):
    html = to_html(evaluation)
    page = Page(html)
    assert page.references
    assert all(reference.startswith("data:image/jpeg;base64,") for reference in page.references)
    assert len(set(page.ids)) == len(page.ids)
    assert not re.search(r"url\(|@import|https?:", html)
    assert not {"link", "iframe", "object", "b"} & set(page.tags)  # <b> is part of a stock's name


def test_the_page_names_everything_and_shows_all_images(evaluation):
    page = Page(to_html(evaluation))
    words = "".join(page.text)
    for name in ("<img src=x> & 猫.png", 'a|b "quoted" *c*.png', "<b>gold</b>", "in|version"):
        assert name in words
    assert "left out: there are <no> weights." in words
    wanted = {f"picture-{row}-{column}" for row in range(3) for column in range(4)}
    assert wanted <= set(page.ids)
    grid = 3 * (4 + 2)  # negative, two results, truth; two error maps
    extremes = 2 * 3 * 4  # negative, result, error map, truth of each method and image
    assert page.tags.count("img") == grid + extremes + 2  # and the slider's two


def test_without_truths_there_are_neither_metrics_nor_maps(evaluation):
    gallery = evaluation.gallery
    gallery.extremes = {}
    gallery.panels = [
        dataclasses.replace(
            panel,
            truth=None,
            views={
                name: dataclasses.replace(view, row=None, error_map=None)
                for name, view in panel.views.items()
            },
        )
        for panel in gallery.panels
    ]
    samples = [dataclasses.replace(each, truth=None) for each in evaluation.data.samples]
    data = dataclasses.replace(evaluation.data, samples=samples)
    unpaired = dataclasses.replace(evaluation, data=data, rows=(), truth_colorfulness=None)
    page = Page(to_html(unpaired))
    assert page.tags.count("img") == 3 * 3 + 2
    assert "PSNR" not in "".join(page.text)
    assert "PSNR" not in to_markdown(unpaired)
    assert to_json(unpaired)["methods"] == {"in|version": {}, "<nothing>": {}}


def test_markdown_keeps_its_tables_whatever_the_names(evaluation):
    text = to_markdown(evaluation)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {4 + 2, 7 + 2}
    assert r"\<img src=x\> & 猫.png" in text
    assert r"in\|version" in text
    assert "<" not in re.sub(r"\\<", "", text)


def test_json_holds_every_metric(evaluation):
    report = json.loads(json.dumps(to_json(evaluation), allow_nan=False))
    assert report["pictures"] == 3
    inversion = report["methods"]["in|version"]
    assert inversion["pictures"] == 3
    assert set(inversion["metrics"]) == set(METRICS)
    expected = evaluation.summaries["<nothing>"].metrics["ssim"]
    assert report["methods"]["<nothing>"]["metrics"]["ssim"] == {
        "mean": expected.mean,
        "interval": list(expected.interval),
    }
    assert [group["value"] for group in report["groups"]["exposure_stops"]] == [-1.0, 0.0, 2.0]
    worst = max(
        (row for row in evaluation.rows if row.method == "<nothing>"),
        key=lambda row: row.metrics.delta_e,
    )
    assert report["from_best_to_worst"]["<nothing>"][-1]["picture"] == worst.image
    assert "there are <no> weights" in report["sets"]["notes"][0]


def test_infinite_metrics_are_null_in_json_and_shown_as_such(evaluation):
    rows = tuple(
        dataclasses.replace(row, metrics=dataclasses.replace(row.metrics, psnr=np.inf))
        for row in evaluation.rows
    )
    perfect = dataclasses.replace(evaluation, rows=rows)
    metrics = to_json(perfect)["methods"]["in|version"]["metrics"]
    assert metrics["psnr"] == {"mean": None, "interval": None}
    assert "| **∞** |" in to_markdown(perfect)
    assert "∞" in to_html(perfect)


def test_metrics_of_sets_come_with_their_disclaimer(evaluation):
    sets = {name: SetMetrics(12.34, (0.00567, 0.001), (3.21, 0.1)) for name in evaluation.methods}
    compared = dataclasses.replace(evaluation, sets=SetComparison(sets))
    for text in (to_markdown(compared), "".join(Page(to_html(compared)).text)):
        for words in (
            "12.3",
            "5.67 ± 1.00",
            "3.21 ± 0.10",
            "InceptionV3",
            "the truths of all pictures",
        ):
            assert words in text
    report = to_json(compared)["sets"]
    assert report["methods"]["in|version"]["kid"] == 0.00567
    assert report["reference"] == "truthA"


def test_the_terminal_shows_whole_numbers_in_80_columns(evaluation, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    print_tables(evaluation)
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines()[:-1])) <= 80
    psnr = evaluation.summaries["<nothing>"].metrics["psnr"]
    assert f"{psnr.mean:.2f}" in shown
    assert f"{psnr.interval[0]:.2f}–{psnr.interval[1]:.2f}" in shown
    assert shown.splitlines()[-1] == (
        "FID, KID and Inception Score are left out: there are <no> weights."
    )
    sets = {name: SetMetrics(12.34, (0.00567, 0.001), (3.21, 0.1)) for name in evaluation.methods}
    print_tables(dataclasses.replace(evaluation, sets=SetComparison(sets)))
    assert "5.67 ± 1.00" in capsys.readouterr().out


def test_csv_has_a_row_per_image_and_method(evaluation):
    rows = list(csv.DictReader(io.StringIO(to_csv(evaluation))))
    assert len(rows) == 6
    assert list(rows[0]) == [
        "picture", "method", "stock", "exposure_stops", "scanner", *METRICS,
    ]  # fmt: skip
    for line, row in zip(rows, evaluation.rows, strict=True):
        assert (line["picture"], line["method"]) == (row.image, row.method)
        assert line["stock"] == row.traits["stock"]
        assert float(line["delta_e"]) == row.metrics.delta_e


def test_the_folder_is_new_and_whole(evaluation, tmp_path, monkeypatch):
    folder = tmp_path / "new" / "report"
    write_report(folder, evaluation)
    names = ["pictures.csv", "report.html", "report.json", "report.md"]
    assert sorted(path.name for path in folder.iterdir()) == names
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(NegcolorError, match="report exists already"):
        write_report(folder, evaluation)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["report"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(NegcolorError, match=r"other cannot be written \(No space left"):
        write_report(folder.with_name("other"), evaluation)
    assert [path.name for path in folder.parent.iterdir()] == ["report"]


def test_a_file_in_the_way_is_named(evaluation, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NegcolorError, match="report cannot be written"):
        write_report(tmp_path / "file" / "report", evaluation)
