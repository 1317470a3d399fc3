"""negcolor-colorize for grey positives (--system) and black-and-white negatives."""

import os
import re

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

import negcolor
from negcolor.cli.colorize import main
from negcolor.converters.classical import density_stretch
from negcolor.film.simulation import simulate
from negcolor.images.io import read, write
from negcolor.inference.api import colorize
from negcolor.inference.trims import Trims


def noise(*shape, dtype="uint16", seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)


def lightness(pixels):
    return rgb2lab(pixels / np.iinfo(pixels.dtype).max)[..., 0]


@pytest.fixture
def album(tmp_path):
    """Positives of all kinds, and one that is broken."""
    folder = tmp_path / "album"
    write(folder / "sixteen.tif", noise(20, 31, 1).repeat(3, axis=2))
    write(folder / "color.png", noise(13, 9, 3, dtype="uint8"))
    write(folder / "pixel.png", noise(1, 1, 3))
    for name, mode in {"grey.png": "L", "alpha.png": "LA", "print.tif": "CMYK"}.items():
        shape = (17, 12, len(Image.new(mode, (1, 1)).getbands()))
        Image.fromarray(np.squeeze(noise(*shape, dtype="uint8")), mode).save(folder / name)
    data = (folder / "grey.png").read_bytes()
    (folder / "truncated.png").write_bytes(data[: len(data) // 2])
    return folder


def test_an_album_is_colored_and_what_is_broken_is_named(
    call_main, complaints, album, system_run, tmp_path
):
    before = {file: file.read_bytes() for file in album.iterdir()}
    sheet = tmp_path / "sheet.png"
    arguments = (album, "--system", system_run, "--output", tmp_path / "out")
    code, stdout, stderr = call_main(
        main, "negcolor-colorize", *arguments, "--contact-sheet", sheet
    )
    assert code == 2
    (complaint,) = complaints(stderr)
    assert "truncated.png is damaged or incomplete" in complaint
    assert "Wrote 6 of 7 pictures" in stdout
    assert re.search(r"Colors of \d+\.\d\d% of the pixels lay outside sRGB", stdout)
    assert read(sheet).shape[0] > 100
    for file in before.keys() - {album / "truncated.png"}:
        image, result = read(file), read(tmp_path / "out" / file.name)
        np.testing.assert_array_equal(result, negcolor.colorize_grey(image, system_run))
        assert np.ptp(result.astype(int), axis=-1).max() > 0
    assert {file: file.read_bytes() for file in album.iterdir()} == before

    (album / "truncated.png").unlink()
    code, stdout, _ = call_main(main, "negcolor-colorize", *arguments)
    assert (code, "skipped, there already" in stdout) == (0, True)


def test_depth_format_and_trims_are_those_of_other_batches(call_main, album, system_run, tmp_path):
    options = ("--format", "png", "--bit-depth", "16", "--exposure", 1, "--output", tmp_path / "o")
    code, _, stderr = call_main(
        main, "negcolor-colorize", album / "grey.png", "--system", system_run, *options
    )
    assert code == 0, stderr
    result = read(tmp_path / "o" / "grey.png")
    image = read(album / "grey.png").astype("uint16") * 257
    expected = negcolor.colorize_grey(image, system_run, trims=Trims(exposure=1))
    assert result.dtype == np.uint16
    np.testing.assert_allclose(result.astype(int), expected, atol=1)


@pytest.fixture
def negative(tmp_path):
    """A photograph and its negative on Tri-X, 16 bits."""
    y, x = np.mgrid[:60, :90]
    photograph = np.stack([x / 89, y / 59, 1 - x / 89], axis=-1).astype("float32")
    scan = simulate(photograph, "kodak_tri_x_400")
    write(tmp_path / "negative.tif", (scan.clip(0, 1) * 65535).round().astype("uint16"))
    return tmp_path / "negative.tif"


def test_black_and_white_is_the_usual_positive_without_its_colors(call_main, negative, tmp_path):
    options = ("--black-and-white", "--classical", "density-stretch", "--output", tmp_path / "out")
    code, stdout, stderr = call_main(main, "negcolor-colorize", negative, *options)
    assert code == 0, stderr
    assert "outside sRGB" not in stdout
    result = read(tmp_path / "out" / negative.name)
    usual = colorize(read(negative), density_stretch)
    assert result.dtype == np.uint16
    assert np.ptp(result.astype(int), axis=-1).max() == 0
    np.testing.assert_allclose(lightness(result), lightness(usual), atol=0.01)


@pytest.mark.parametrize("depth", ["same", "8"])
def test_a_negative_is_developed_and_then_colored(call_main, negative, system_run, tmp_path, depth):
    common = ("negcolor-colorize", negative, "--classical", "density-stretch", "--black-and-white")
    code, _, stderr = call_main(main, *common, "--output", tmp_path / "grey")
    assert code == 0, stderr
    code, stdout, stderr = call_main(
        main, *common, "--then", system_run, "--output", tmp_path / "out", "--bit-depth", depth
    )
    assert code == 0, stderr
    assert "outside sRGB" in stdout
    grey, result = read(tmp_path / "grey" / negative.name), read(tmp_path / "out" / negative.name)
    assert result.dtype == ("uint16" if depth == "same" else "uint8")
    tolerance = 5e-3 if depth == "same" else 0.5
    np.testing.assert_allclose(lightness(result), lightness(grey), atol=tolerance)
    expected = negcolor.colorize_grey(grey, system_run)
    scale = 1 if depth == "same" else 257
    np.testing.assert_allclose(
        result * float(scale), expected, atol=scale * 0.51 if scale > 1 else 1
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--system", "RUN", "--method", "whole"), "leave out --method, or give"),
        (("--system", "missing"), "missing: there is no colorizer here; give a run folder"),
        (("--system", "film"), "film is a model for negatives: give it as --model"),
        (("--black-and-white", "--then", "film"), "film is a model for negatives"),
        (("--model", "RUN"), "colors grey positives: give it to negcolor-colorize as"),
    ],
)
def test_mistakes_write_nothing(
    call_main, complaints, system_run, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.png", noise(5, 6, 3))
    given = [system_run if argument == "RUN" else argument for argument in arguments]
    code, stdout, stderr = call_main(main, "negcolor-colorize", "a.png", *given)
    assert (code, stdout) == (2, "")
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert os.listdir(tmp_path) == ["a.png"]
