"""negcolor-colorize as it is installed: scans of every kind, broken ones, and what it keeps."""

import signal
import subprocess
import time

import imagecodecs
import keras
import numpy as np
import pytest
import tifffile
from PIL import Image

from negcolor.cli.colorize import main
from negcolor.images.io import read, write
from negcolor.inference.colorize import colorize
from negcolor.modifications import GeneratorConfig
from negcolor.networks.generator import build_generator


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A run folder with nothing but a small generator."""
    keras.utils.set_random_seed(2)
    folder = tmp_path_factory.mktemp("model")
    generator = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    generator.save(folder / "generator_g.keras")
    return folder


def noise(height, width, dtype="uint8", channels=3):
    rng = np.random.default_rng(height * width)
    return rng.integers(0, np.iinfo(dtype).max + 1, (height, width, channels), dtype=dtype)


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """A folder of scans of many sizes and varieties, one of them truncated."""
    folder = tmp_path_factory.mktemp("Filme 写真")
    write(folder / "pixel.png", noise(1, 1))
    write(folder / "Grüße 猫.tif", noise(3, 5, "uint16"))
    write(folder / "row.png", noise(7, 64, "uint16"))
    write(folder / "large.TIFF", noise(65, 130))
    write(folder / "photo.jpg", noise(16, 24))
    (folder / "grey.png").write_bytes(imagecodecs.png_encode(noise(9, 11, "uint16", 1)[..., 0]))
    (folder / "alpha.png").write_bytes(imagecodecs.png_encode(noise(9, 12, "uint8", 4)))
    tifffile.imwrite(
        folder / "cmyk.tif", noise(10, 13, channels=4), photometric="separated", compression="lzw"
    )
    Image.fromarray(noise(20, 30)).save(folder / "broken.png")
    whole = (folder / "broken.png").read_bytes()
    (folder / "broken.png").write_bytes(whole[: len(whole) // 2])
    return folder


def untouched(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.fixture(scope="module")
def batch(command, scans, model, tmp_path_factory):
    """The folder that all the scans were colourised into, and how that went."""
    output = tmp_path_factory.mktemp("out") / "positives"
    before = untouched(scans)
    result = command("negcolor-colorize", scans, "--model", model, "--output", output)
    assert untouched(scans) == before
    return output, result


def test_a_broken_scan_is_named_and_the_others_are_written(batch, scans, complaints):
    output, result = batch
    assert result.returncode == 2
    (complaint,) = complaints(result.stderr)
    assert str(scans / "broken.png") in complaint
    assert result.stdout == f"Wrote 8 of 9 pictures to {output}.\n"
    written = {path.name for path in output.iterdir()}
    assert written == {path.name for path in scans.iterdir()} - {"broken.png"}


def test_size_depth_and_format_stay(batch, scans, model):
    output, _ = batch
    kinds = {"PNG": b"\x89PNG", "TIFF": b"II*\0", "JPEG": b"\xff\xd8\xff"}
    formats = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG"}
    for path in output.iterdir():
        scan, positive = read(scans / path.name), read(path)
        assert positive.shape == scan.shape, path
        assert positive.dtype == scan.dtype, path
        assert path.read_bytes().startswith(kinds[formats[path.suffix.lower()]])
        difference = np.abs(positive.astype(int) - colorize(scan, model))
        assert difference.mean() < 5 if path.suffix == ".jpg" else not difference.any(), path


def test_existing_pictures_are_kept(batch, scans, model, call_main, complaints):
    output, _ = batch
    before = untouched(output)
    code, stdout, stderr = call_main(
        main, "negcolor-colorize", scans, "--model", model, "--output", output
    )
    assert code == 2
    assert stdout == f"Wrote 0 of 9 pictures to {output}.\n"
    sentences = complaints(stderr)
    assert len(sentences) == 9
    for name in before:
        assert any(f"{output / name} exists already" in sentence for sentence in sentences)
    assert untouched(output) == before


def test_a_keras_file_is_a_model_too(scans, model, call_main, tmp_path):
    file = model / "generator_g.keras"
    code, _, stderr = call_main(
        main, "negcolor-colorize", scans / "row.png", "--model", file, "--output", tmp_path / "out"
    )
    assert code == 0, stderr
    np.testing.assert_array_equal(
        read(tmp_path / "out" / "row.png"), colorize(read(scans / "row.png"), model)
    )


def test_two_scans_of_one_name_are_refused(scans, model, call_main, complaints, tmp_path):
    write(tmp_path / "other" / "row.png", noise(4, 4))
    code, _, stderr = call_main(
        main,
        "negcolor-colorize",
        *(scans, tmp_path / "other", "--model", model, "--output", tmp_path / "out"),
    )
    assert code == 2
    (complaint,) = complaints(stderr)
    assert f"{scans / 'row.png'} and {tmp_path / 'other' / 'row.png'} would both" in complaint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("empty", "--model", "MODEL"), "empty holds no pictures"),
        (("missing.png", "--model", "MODEL"), "missing.png does not exist"),
        (("SCAN", "--model", "empty"), "empty: there is no generator here"),
        (("SCAN", "--model", "missing.keras"), "missing.keras: there is no generator here"),
        (("SCAN", "--model", "SCAN"), "row.png: this is not a generator"),
    ],
)
def test_mistakes_write_nothing(
    scans, model, call_main, complaints, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    names = {"SCAN": scans / "row.png", "MODEL": model}
    given = [names.get(argument, argument) for argument in arguments]
    code, _, stderr = call_main(main, "negcolor-colorize", *given, "--output", "out")
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_a_killed_batch_leaves_no_half_picture(installed, command, model, tmp_path):
    scans, output = tmp_path / "scans", tmp_path / "out"
    for number in range(8):
        write(scans / f"{number}.png", noise(300, 400, "uint16"))
    arguments = [scans, "--model", model, "--output", output]
    process = subprocess.Popen(
        [installed("negcolor-colorize"), *map(str, arguments)], stderr=subprocess.DEVNULL
    )
    while not list(output.glob("*.png")):
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    written = list(output.glob("*.png"))
    assert 0 < len(written) < 8
    for path in written:
        np.testing.assert_array_equal(read(path), colorize(read(scans / path.name), model))
