"""Documents as HTML, Markdown and JSON; those of the studies are tested there."""

import json
import math

import pytest

from negcolor.errors import NegcolorError
from negcolor.reporting.document import Document, Image, json_safe, write_document
from negcolor.reporting.tables import Section

PNG = b"\x89PNG, so to say"
DOCUMENT = Document(
    "A title",
    "An introduction.",
    [Section("Table", ("a",), (("1",),)), Image("Plot", "plot.png", PNG, "A caption.")],
    {"mean": 1 / 3, "unknown": math.nan, "runs": [{"loss": math.inf, "epochs": (1, 2)}]},
)


def test_a_document_is_three_files_and_its_images(tmp_path):
    files = write_document(tmp_path, "study", DOCUMENT)
    assert [file.name for file in files] == ["study.html", "study.md", "study.json"]
    assert (tmp_path / "plot.png").read_bytes() == PNG
    html, markdown, record = (file.read_text("utf-8") for file in files)
    for text in ("A title", "An introduction.", "Table", "Plot", "A caption."):
        assert text in html
        assert text in markdown
    assert "![Plot](plot.png)" in markdown
    assert json.loads(record) == {
        "mean": 0.333333,
        "unknown": None,
        "runs": [{"loss": None, "epochs": [1, 2]}],
    }
    assert write_document(tmp_path, "study", DOCUMENT) == files  # again, over the first ones


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NegcolorError, match="file cannot be written"):
        write_document(tmp_path / "file", "study", DOCUMENT)


def test_numbers_keep_their_digits_if_not_asked():
    assert json_safe({"a": 1 / 3, "b": True, "c": "x", "d": -math.inf}) == {
        "a": 1 / 3,
        "b": True,
        "c": "x",
        "d": None,
    }
