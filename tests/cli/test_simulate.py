"""negcolor-simulate as it is installed, from the command line to the files."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from negcolor.images import io

pytestmark = pytest.mark.slow

COMMAND = Path(sys.executable).with_name("negcolor-simulate")


def simulate(*arguments):
    return subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def tree(folder):
    """Every file below a folder with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Seven small photographs in two folders, some of the same or of unusual names."""
    folder = tmp_path_factory.mktemp("Bilder 写真")
    images = (data.astronaut, data.coffee, data.chelsea, data.rocket)
    for name, image in zip(("Grüße 猫", "b", "c", "d"), images, strict=True):
        io.write(folder / f"{name}.png", np.ascontiguousarray(image()[::8, ::8]))
    for name, image in zip(("Grüße 猫", "b", "e"), images, strict=False):
        io.write(folder / "more" / f"{name}.jpg", np.ascontiguousarray(image()[4::8, 4::8]))
    return folder


def test_negatives_and_truths_with_a_broken_photo_among_them(photos, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    before = tree(photos)
    result = simulate(photos, broken, photos / "more", "--output", tmp_path / "out")
    assert result.returncode == 2
    assert "Wrote 7 of 8 pictures" in result.stdout
    complaints = [line for line in result.stderr.splitlines() if line.startswith("negcolor-")]
    assert len(complaints) == 1
    assert f"negcolor-simulate: {broken}" in complaints[0]
    assert "Traceback" not in result.stderr
    names = {"Grüße 猫.png", "Grüße 猫-2.png", "b.png", "b-2.png", "c.png", "d.png", "e.png"}
    for folder in ("negatives", "truths"):
        assert {path.name for path in (tmp_path / "out" / folder).iterdir()} == names
    truth = io.read(tmp_path / "out" / "truths" / "Grüße 猫.png")
    np.testing.assert_array_equal(truth, data.astronaut()[::8, ::8])
    assert tree(photos) == before


def test_split_in_16_bits_is_reproducible_and_never_overwrites(photos, tmp_path):
    options = ("--split", "--stock", "random", "--bit-depth", 16, "--seed", 5)
    for run in ("one", "two"):
        result = simulate(photos, photos / "more", *options, "--output", tmp_path / run)
        assert result.returncode == 0, result.stderr
    one = tree(tmp_path / "one")
    assert one == tree(tmp_path / "two")
    domains = {"trainA": 3, "trainB": 2, "testA": 1, "testB": 1}
    files = {
        name: sorted(path.name for path in (tmp_path / "one" / name).iterdir())
        for name in (*domains, "truthA")
    }
    assert {name: len(files[name]) for name in domains} == domains
    assert len({name for domain in domains for name in files[domain]}) == 7
    assert files["truthA"] == files["testA"]
    for name in one:
        assert io.read(tmp_path / "one" / name).dtype == np.uint16

    refused = simulate(photos, photos / "more", *options, "--output", tmp_path / "one")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "holds pictures already" in refused.stderr
    assert tree(tmp_path / "one") == one


def test_a_mistake_is_one_sentence_and_exit_code_2(photos, tmp_path):
    result = simulate(photos / "b.png", "--stock", "velvia", "--output", tmp_path / "out")
    assert result.returncode == 2
    assert result.stderr.startswith("negcolor-simulate: there is no film stock 'velvia'; choose")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_help_does_not_import_tensorflow():
    code = (
        "import sys; sys.argv = ['negcolor-simulate', '--help']\n"
        "from negcolor.cli.simulate import main\n"
        "try:\n    main()\n"
        "finally:\n    print({'tensorflow', 'keras'} & set(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0
    assert "--split" in result.stdout
    assert result.stderr == "set()\n"
