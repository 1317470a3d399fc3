"""Which images are evaluated, and what is said when they do not fit together."""

import unicodedata

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.evaluation import dataset
from negcolor.evaluation.dataset import open_data, read_sample
from negcolor.images.color import to_unit
from negcolor.images.io import read, write


def grey(height=6, width=9, value=100):
    return np.full((height, width, 3), value, "uint8")


def test_truths_are_found_by_name_whatever_their_suffix(tmp_path):
    decomposed = unicodedata.normalize("NFD", "Grüße 猫.png")
    for name in ("a.png", "b.tif", decomposed, "b.png"):
        write(tmp_path / "testA" / name, grey())
    for name in ("a.jpg", "Grüße 猫.tif", "b.png", "b.tif", "unused.png"):
        write(tmp_path / "truthA" / name, grey())
    found = open_data(tmp_path)
    truths = {sample.name: sample.truth.name for sample in found.samples}
    assert truths == {
        "a.png": "a.jpg",
        "b.png": "b.png",
        "b.tif": "b.tif",
        decomposed: "Grüße 猫.tif",
    }
    assert found.paired
    assert found.photographs == []


def test_the_manifest_describes_negatives(benchmark_folder):
    traits = [
        {"stock": "ektar", "exposure_stops": -1, "scanner": "linear", "seed": 3},
        {"exposure_stops": 0.5, "stock": None},
        {},
    ]
    samples = open_data(benchmark_folder(traits=traits)).samples
    assert [sample.traits for sample in samples] == [
        {"stock": "ektar", "exposure_stops": -1, "scanner": "linear"},
        {"exposure_stops": 0.5},
        {},
    ]


def test_without_truths_photographs_are_enough(benchmark_folder):
    found = open_data(benchmark_folder(truths=False, photographs=2))
    assert not found.paired
    assert [file.name for file in found.photographs] == ["0.png", "1.png"]
    negative, truth = read_sample(found.samples[0])
    assert truth is None
    np.testing.assert_array_equal(negative, to_unit(read(found.samples[0].negative)))


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        ({"testA": ["1.png"]}, "has neither truthA nor testB"),
        ({}, "has neither truthA nor testB"),
        ({"truthA": ["1.png"]}, "has no testA"),
        ({"testA": [], "truthA": ["1.png"]}, "testA holds no pictures"),
        ({"testA": ["1.png"], "truthA": []}, "truthA holds no pictures"),
        ({"testA": ["1.png"], "testB": []}, "testB holds no pictures"),
        (
            {"testA": ["1.png", "2.png", "3.png"], "truthA": ["1.png"]},
            r"truthA lacks the truths of 2 of 3 pictures of testA \(2\.png, 3\.png\)",
        ),
        (
            {"testA": [f"{n}.png" for n in range(9)], "truthA": ["x.png"]},
            r"truths of 9 of 9 pictures of testA \(0\.png, 1\.png, 2\.png, …\)",
        ),
        (
            {"testA": ["1.png"], "truthA": ["1.jpg", "1.tif"]},
            r"truthA has 1\.jpg and 1\.tif for 1\.png: keep one of them",
        ),
    ],
)
def test_folders_that_do_not_fit_together(tmp_path, folders, sentence):
    for folder, names in folders.items():
        (tmp_path / folder).mkdir()
        for name in names:
            write(tmp_path / folder / name, grey())
    with pytest.raises(NegcolorError, match=sentence):
        open_data(tmp_path)


def test_a_folder_has_to_exist(tmp_path):
    with pytest.raises(NegcolorError, match="missing is no folder"):
        open_data(tmp_path / "missing")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"pictures": 3}', '{"pictures": [{}]}', '{"pictures": ["1.png"]}',
     '{"pictures": [{"file": "1.png", "stock": ["ektar"]}]}', "\xff"],
)  # fmt: skip
def test_a_broken_manifest_is_named(benchmark_folder, text):
    folder = benchmark_folder()
    (folder / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(NegcolorError, match=r"manifest\.json is not a manifest of pictures"):
        open_data(folder)


def test_large_images_are_reduced_alike(benchmark_folder, monkeypatch):
    monkeypatch.setattr(dataset, "LONG_SIDE", 8)
    negative, truth = read_sample(open_data(benchmark_folder()).samples[0])
    assert negative.shape == truth.shape == (6, 8, 3)
    assert negative.dtype == truth.dtype == np.float32
    np.testing.assert_allclose(negative, 1 - truth, atol=1e-5)


def test_sizes_have_to_agree_before_they_are_reduced(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "LONG_SIDE", 4)
    write(tmp_path / "testA" / "1.png", grey(8, 8))
    write(tmp_path / "truthA" / "1.png", grey(4, 4))
    (sample,) = open_data(tmp_path).samples
    with pytest.raises(NegcolorError, match=r"differ in size \(8x8 and 4x4 pixels\)"):
        read_sample(sample)
