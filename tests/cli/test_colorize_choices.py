"""What negcolor-colorize does without a model's name, and the trims on top of any model."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from negcolor.cli.colorize import main
from negcolor.converters.classical import density_stretch
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.images.io import read, write
from negcolor.inference import models as bundled
from negcolor.inference.api import colorize
from negcolor.inference.compact import save_compact
from negcolor.inference.trims import Trims
from negcolor.networks.generator import build_generator

TRIMS = ("--exposure", 0.5, "--temperature", -20, "--tint", 10, "--contrast", 1.2)
SAME_TRIMS = Trims(0.5, -20, 10, 1.2)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder of bundled models with two generators."""
    folder = tmp_path_factory.mktemp("installed")
    config = GeneratorConfig(filters=4, residual_blocks=1)
    for seed, name in enumerate([bundled.DEFAULT_MODEL, "other"]):
        keras.utils.set_random_seed(seed)
        text = f"{name} [for tests]"
        save_compact(build_generator(config), config, folder / name, text=text, card="")
    return folder


@pytest.fixture(autouse=True)
def workplace(models, tmp_path, monkeypatch):
    """A current folder with one scan of 16 bits, and an installation with two models."""
    monkeypatch.setattr(bundled, "models_folder", lambda: models)
    monkeypatch.chdir(tmp_path)
    pixels = np.random.default_rng(0).integers(0, 65536, (20, 31, 3), dtype="uint16")
    write(tmp_path / "scan.tif", pixels)


def test_a_scan_is_all_that_is_needed(call_main, models, tmp_path):
    code, stdout, stderr = call_main(main, "negcolor-colorize", "scan.tif")
    assert code == 0, stderr
    assert stdout.endswith("\nWrote 1 of 1 pictures to positives.\n")
    result = read(tmp_path / "positives" / "scan.tif")
    np.testing.assert_array_equal(result, colorize(read(tmp_path / "scan.tif"), models / "film"))


def test_a_model_is_taken_by_its_name(call_main, models, tmp_path):
    code, _, stderr = call_main(main, "negcolor-colorize", "scan.tif", "--model", "other")
    assert code == 0, stderr
    result = read(tmp_path / "positives" / "scan.tif")
    np.testing.assert_array_equal(result, colorize(read(tmp_path / "scan.tif"), models / "other"))


def test_the_models_are_listed(call_main, models):
    code, stdout, _ = call_main(main, "negcolor-colorize", "--list-models")
    assert code == 0
    film, other = (line for line in stdout.splitlines() if "[for tests]" in line)
    size = sum(path.stat().st_size for path in (models / "film").iterdir()) / 1e6
    assert film.split() == ["film", "default", f"{size:.1f}", "film", "[for", "tests]"]
    assert other.split()[:2] == ["other", f"{size:.1f}"]


def test_no_models_are_an_empty_list(call_main, monkeypatch, tmp_path):
    monkeypatch.setattr(bundled, "models_folder", lambda: tmp_path)
    code, stdout, _ = call_main(main, "negcolor-colorize", "--list-models")
    assert (code, stdout) == (0, "No models come with this installation.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name scans, folders or patterns to convert"),
        (("scan.tif",), "lacks its model 'film': install the package again, or give --model"),
        (("scan.tif", "--model", "flim"), "a name that negcolor-colorize --list-models shows"),
    ],
)
def test_mistakes(call_main, complaints, monkeypatch, tmp_path, arguments, sentence):
    monkeypatch.setattr(bundled, "models_folder", lambda: tmp_path)
    code, _, stderr = call_main(main, "negcolor-colorize", *arguments)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert [path.name for path in tmp_path.iterdir()] == ["scan.tif"]


@pytest.mark.slow
def test_listing_needs_no_tensorflow(models):
    code = (
        "import sys; sys.argv = ['negcolor-colorize', '--list-models']\n"
        "from pathlib import Path\n"
        "from negcolor.cli.colorize import main\n"
        "from negcolor.inference import models\n"
        f"models.models_folder = lambda: Path({str(models)!r})\n"
        "try:\n    main()\n"
        "finally:\n    print({'tensorflow', 'keras'} & set(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "set()\n")
    assert "other" in result.stdout


@pytest.mark.parametrize("method", ["whole", "tiled", "guided"])
def test_trims_go_on_top_of_a_model(call_main, models, tmp_path, method):
    options = ("--method", method, *TRIMS)
    code, _, stderr = call_main(main, "negcolor-colorize", "scan.tif", *options)
    assert code == 0, stderr
    scan = read(tmp_path / "scan.tif")
    expected = colorize(scan, models / "film", method=method, trims=SAME_TRIMS)
    np.testing.assert_array_equal(read(tmp_path / "positives" / "scan.tif"), expected)
    plain = colorize(scan, models / "film", method=method)
    assert np.abs(expected.astype(int) - plain).mean() > 1000


def test_trims_go_on_top_of_a_classical_converter(call_main, tmp_path):
    options = ("--classical", "density-stretch", *TRIMS)
    code, _, stderr = call_main(main, "negcolor-colorize", "scan.tif", *options)
    assert code == 0, stderr
    expected = colorize(read(tmp_path / "scan.tif"), density_stretch, trims=SAME_TRIMS)
    np.testing.assert_array_equal(read(tmp_path / "positives" / "scan.tif"), expected)


def test_trims_go_on_top_of_a_server(call_main, stand_in, tmp_path):
    options = ("--server", stand_in.url, "--exposure", -1)
    code, _, stderr = call_main(main, "negcolor-colorize", "scan.tif", *options)
    assert code == 0, stderr
    expected = colorize(
        65535 - read(tmp_path / "scan.tif"), lambda image: image, trims=Trims(exposure=-1)
    )
    difference = read(tmp_path / "positives" / "scan.tif").astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_a_roll_is_printed_alike(call_main, complaints, tmp_path):
    config = GeneratorConfig(filters=4, residual_blocks=1, prior="density")
    save_compact(build_generator(config), config, tmp_path / "mine", text="", card="")
    for number, scan in enumerate([40000, 20000]):
        frame = np.full((16, 16, 3), scan, "uint16")
        frame[:8] //= 3
        frame[10:, 4:8] = 9000  # in both frames
        write(tmp_path / "box" / f"{number}.png", frame)
    options = ("--model", tmp_path / "mine", "--roll")
    code, _, stderr = call_main(main, "negcolor-colorize", "box", *options)
    assert code == 0, stderr
    assert "Judging 2 frames as one roll." in stderr
    results = [read(tmp_path / "positives" / f"{number}.png") for number in range(2)]
    np.testing.assert_array_equal(results[0][10:, 4:8], results[1][10:, 4:8])
    assert len({result[9, 0, 0] for result in results}) == 2

    code, _, stderr = call_main(main, "negcolor-colorize", "scan.tif", "--model", "film", "--roll")
    assert code == 2
    assert "--prior density" in complaints(stderr)[-1]
