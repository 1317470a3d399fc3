"""The benchmark that tools/make_benchmark.py makes: balanced, paired, and the same every time."""

import json
import runpy
import sys
from collections import Counter
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data

from negcolor.converters.classical import density_stretch, plain_inversion
from negcolor.film.simulation import simulate
from negcolor.film.stocks import STOCKS
from negcolor.images.color import luminance, srgb_to_linear, to_unit
from negcolor.images.io import read

SCRIPT = Path(__file__).parents[2] / "tools" / "make_benchmark.py"
TOOL = runpy.run_path(str(SCRIPT))
PHOTOS = [Path(f"{index}.jpg") for index in range(7)]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    Image.fromarray(data.astronaut()[::8, ::8]).save(folder / "astronaut.png")
    Image.fromarray(data.coffee()[::4, ::6]).save(folder / "coffee.jpg", quality=95)
    return folder


@pytest.fixture(scope="module")
def benchmark(photos, tmp_path_factory):
    return make(photos, tmp_path_factory.mktemp("made") / "benchmark")


def make(photos, folder, *, count=12, size=48, seed=3):
    TOOL["make_benchmark"](sorted(photos.iterdir()), folder, count=count, size=size, seed=seed)
    return folder


@pytest.mark.parametrize("count", [12, 33, 40, 120])
def test_every_stock_exposure_scanner_and_photograph_comes_up_equally_often(count):
    shots = TOOL["plan"](PHOTOS, count, seed=0)
    levels = [PHOTOS, list(STOCKS), TOOL["EXPOSURES"], list(TOOL["DEVICES"])]
    for column, values in zip(zip(*shots, strict=True), levels, strict=True):
        times = Counter(column)
        assert max(times.values()) - min(times[value] for value in values) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_no_two_of_them_are_confounded(seed):
    shots = TOOL["plan"](PHOTOS, 240, seed)
    levels = [PHOTOS, list(STOCKS), TOOL["EXPOSURES"], list(TOOL["DEVICES"])]
    for one, two in combinations(range(4), 2):
        times = Counter((shot[one], shot[two]) for shot in shots)
        cells = list(product(levels[one], levels[two]))
        assert min(times[cell] for cell in cells) >= 240 // len(cells) - 2
        assert max(times[cell] for cell in cells) <= 240 // len(cells) + 2


def test_the_seed_decides():
    plans = [TOOL["plan"](PHOTOS, 20, seed) for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]


def test_the_manifest_describes_every_file(benchmark):
    manifest = json.loads((benchmark / "manifest.json").read_text())
    assert (manifest["size"], manifest["seed"]) == (48, 3)
    images = manifest["pictures"]
    files = sorted(file.name for file in (benchmark / "testA").iterdir())
    assert [image["file"] for image in images] == files
    truths = sorted(file.stem for file in (benchmark / "truthA").iterdir())
    assert truths == [Path(file).stem for file in files]
    assert Counter(image["photograph"] for image in images) == {
        "astronaut.png": 6,
        "coffee.jpg": 6,
    }
    assert {image["scanner"] for image in images} == set(TOOL["DEVICES"])
    assert all(image["stock"] in STOCKS for image in images)
    assert {image["exposure_stops"] for image in images} == set(TOOL["EXPOSURES"])


def test_each_negative_shows_its_truth(benchmark):
    for image in json.loads((benchmark / "manifest.json").read_text())["pictures"]:
        negative, truth = pair(benchmark, image)
        assert negative.shape == truth.shape
        assert max(truth.shape) == 48
        grey = STOCKS[image["stock"]].kind == "black-and-white"
        assert grey == np.array_equal(truth, truth[..., :1].repeat(3, -1))
        assert correlation(density_stretch(negative), truth) > 0.85
        assert correlation(plain_inversion(negative), truth) > 0.5


def pair(benchmark, image):
    truth = read(benchmark / "truthA" / f"{Path(image['file']).stem}.png")
    return to_unit(read(benchmark / "testA" / image["file"])), to_unit(truth)


def correlation(positive, truth):
    light = (luminance(srgb_to_linear(image)) ** 0.4 for image in (positive, truth))
    return np.corrcoef(*(plane.ravel() for plane in light))[0, 1]


def test_scanners_store_as_they_say(benchmark):
    for image in json.loads((benchmark / "manifest.json").read_text())["pictures"]:
        file = benchmark / "testA" / image["file"]
        match image["scanner"]:
            case "linear 16 bit":
                stored = tifffile.imread(file)
                decoded = srgb_to_linear(read(file) / 65535)
                assert stored.dtype == np.uint16
                np.testing.assert_allclose(decoded, stored / 65535, atol=1e-3)
            case "gamma 2.2 16 bit":
                assert read(file).dtype == np.uint16
                assert not {"icc_profile", "srgb", "gamma"} & Image.open(file).info.keys()
            case "sRGB JPEG":
                assert read(file).dtype == np.uint8
                assert Image.open(file).format == "JPEG"


def test_negatives_are_those_of_the_simulation(photos, tmp_path):
    made = make(photos, tmp_path / "one", count=3, seed=5)
    for index, image in enumerate(json.loads((made / "manifest.json").read_text())["pictures"]):
        if image["scanner"] != "gamma 2.2 16 bit":
            continue
        photo = read(made / "truthA" / f"{Path(image['file']).stem}.png")
        expected = simulate(
            photo,
            image["stock"],
            exposure_stops=image["exposure_stops"],
            scanner=TOOL["DEVICES"][image["scanner"]].scanner,
            seed=5 * 3 + index,
        )
        # Grey for a black-and-white stock: the film sees the same luminance in rounded numbers.
        np.testing.assert_allclose(pair(made, image)[0], expected, atol=0.01)


def test_it_is_the_same_every_time(photos, benchmark, tmp_path):
    again = make(photos, tmp_path / "again")
    files = sorted(file.relative_to(benchmark) for file in benchmark.rglob("*.*"))
    assert len(files) == 25
    for file in files:
        assert (benchmark / file).read_bytes() == (again / file).read_bytes()


def test_nothing_is_overwritten(photos, benchmark, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["make_benchmark.py", str(photos), "--output", str(benchmark)])
    with pytest.raises(SystemExit) as exit_:
        TOOL["main"]()
    assert exit_.value.code == 2
    assert f"{benchmark} exists and is not empty" in capsys.readouterr().err
