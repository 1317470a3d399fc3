"""negcolor-colorize as it is installed: scans of every kind, broken ones, and what it keeps."""

import re
import subprocess
import sys

import imagecodecs
import keras
import numpy as np
import pytest
import tifffile
from PIL import Image

from negcolor.cli.colorize import main
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.images.io import read, write
from negcolor.inference.api import colorize
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
    """The folder that all the scans were colorised into, and how that went."""
    output = tmp_path_factory.mktemp("out") / "positives"
    before = untouched(scans)
    options = ("--model", model, "--output", output, "--method", "whole")
    result = command("negcolor-colorize", scans, *options)
    assert untouched(scans) == before
    return output, result


@pytest.mark.slow
def test_a_broken_scan_is_named_and_the_others_are_written(batch, scans, complaints):
    output, result = batch
    assert result.returncode == 2
    (complaint,) = complaints(result.stderr)
    assert str(scans / "broken.png") in complaint
    assert result.stdout.endswith(f"\nWrote 8 of 9 pictures to {output}.\n")
    assert re.search(r"converted, whole +8 ", result.stdout)
    assert re.search(r"failed +1 ", result.stdout)
    log = [line for line in result.stderr.splitlines() if line.startswith("[")]
    assert [line.split("]")[0] for line in log] == [f"[{number}/9" for number in range(1, 10)]
    assert sum("Grüße 猫.tif: whole, " in line for line in log) == 1
    assert sum("broken.png: failed" in line for line in log) == 1
    written = {path.name for path in output.iterdir()}
    assert written == {path.name for path in scans.iterdir()} - {"broken.png"}


@pytest.mark.slow
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


@pytest.mark.slow
def test_existing_images_are_kept_and_the_others_tried(batch, scans, model, call_main, complaints):
    output, _ = batch
    before = untouched(output)
    code, stdout, stderr = call_main(
        main, "negcolor-colorize", scans, "--model", model, "--output", output
    )
    assert code == 2
    assert re.search(r"skipped, there already +8 ", stdout)
    assert stdout.endswith(f"\nWrote 0 of 9 pictures to {output}.\n")
    (complaint,) = complaints(stderr)
    assert str(scans / "broken.png") in complaint
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


def test_method_format_and_depth_are_options(scans, model, call_main, tmp_path):
    code, stdout, stderr = call_main(
        main,
        "negcolor-colorize",
        *(scans / "row.png", scans / "large.TIFF", "--model", model, "--output", tmp_path),
        *("--method", "guided", "--format", "tiff", "--bit-depth", 16, "--memory", "1GiB"),
    )
    assert code == 0, stderr
    assert re.search(r"converted, guided +2 ", stdout)
    assert {path.name for path in tmp_path.iterdir()} == {"row.tif", "large.TIFF"}
    for path in tmp_path.iterdir():
        assert read(path).dtype == np.uint16


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--model", ".", "--server", "http://x"), "give only one of --model, --server and"),
        (("--model", ".", "missing"), "missing does not exist"),
        (("--server", "http://127.0.0.1:9/v1/models/m"), "http://127.0.0.1:9/v1/models/m"),
    ],
)
def test_mistakes_are_found_before_tensorflow_is_loaded(tmp_path, complaints, options, sentence):
    write(tmp_path / "scan.png", noise(4, 4))
    arguments = [str(option) for option in ("scan.png", *options, "--output", "out")]
    code = (
        f"import sys; sys.argv = ['negcolor-colorize', *{arguments}]\n"
        "from negcolor.cli.colorize import main\n"
        "try:\n    main()\n"
        "finally:\n    print({'tensorflow', 'keras'} & set(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == 2
    complaint, modules = result.stderr.splitlines()
    assert sentence in complaint
    assert complaint.startswith("negcolor-colorize: ")
    assert modules == "set()"
    assert [path.name for path in tmp_path.iterdir()] == ["scan.png"]


def test_a_classical_converter_needs_no_model(scans, call_main, tmp_path):
    code, _, stderr = call_main(
        main,
        "negcolor-colorize",
        *(scans / "row.png", "--classical", "plain-inversion", "--output", tmp_path),
    )
    assert code == 0, stderr
    np.testing.assert_array_equal(read(tmp_path / "row.png"), 65535 - read(scans / "row.png"))
