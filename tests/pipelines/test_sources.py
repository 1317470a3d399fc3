"""What `--data` understands, and what it says when it does not."""

import numpy as np
import pytest

from negcolor.converters.classical import density_stretch
from negcolor.errors import NegcolorError
from negcolor.images.color import to_unit
from negcolor.images.io import read, write
from pipelines import batches, demo_roll
from pipelines.domain import ExposedOnFilm
from pipelines.sources import open_data


def image(seed: int, dtype: str = "uint8") -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, np.iinfo(dtype).max, (12, 10 + seed, 3), dtype, endpoint=True)


@pytest.fixture
def roll(tmp_path):
    """A two-domain folder: three negatives, two photographs, two tests with one truth."""
    names = {"trainA": "abc", "trainB": "de", "testA": "fg", "truthA": "f"}
    for folder, stems in names.items():
        for number, stem in enumerate(stems):
            write(tmp_path / folder / f"{stem}.png", image(number, "uint16"))
    return tmp_path


def test_folder(roll):
    data = open_data(str(roll))
    assert (len(data.train_a), len(data.train_b), len(data.photographs)) == (3, 2, 2)
    assert [test.name for test in data.test] == ["f", "g"]
    np.testing.assert_array_equal(data.test[0].negative, read(roll / "testA" / "f.png"))
    np.testing.assert_array_equal(data.test[0].truth, read(roll / "truthA" / "f.png"))
    assert data.test[1].truth is None
    assert [test.name for test in data.test[1:]] == ["g"]


def test_folder_without_tests(roll):
    for folder in ("testA", "truthA"):
        for file in (roll / folder).iterdir():
            file.unlink()
        (roll / folder).rmdir()
    assert len(open_data(str(roll)).test) == 0


def test_one_folder_per_domain(roll):
    data = open_data(f"{roll}/trainA,{roll}/trainB")
    assert (len(data.train_a), len(data.train_b), len(data.test)) == (3, 2, 0)
    negatives, color = next(iter(batches.unpaired(data, image_size=8)))
    assert negatives.shape == color.shape == (1, 8, 8, 3)


def test_truths_may_have_another_suffix(roll):
    (roll / "truthA" / "f.png").unlink()
    truth = image(0)  # of its negative's size
    write(roll / "truthA" / "f.tif", truth)
    np.testing.assert_array_equal(open_data(str(roll)).test[0].truth, truth)


def test_a_truth_of_another_size_is_refused_by_name(roll):
    write(roll / "truthA" / "f.png", image(4)[:-1], overwrite=True)
    with pytest.raises(NegcolorError, match=r"testA/f\.png and .*truthA/f\.png differ in size"):
        open_data(str(roll)).test[0]


def test_empty_train_b(roll):
    for file in (roll / "trainB").iterdir():
        file.unlink()
    with pytest.raises(NegcolorError, match="trainB has no pictures"):
        open_data(str(roll))


def test_missing_train_a(roll):
    (roll / "trainA").rename(roll / "negatives")
    with pytest.raises(NegcolorError, match="trainA does not exist"):
        open_data(str(roll))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("no/such/folder", "no/such/folder is no folder"),
        ("no/such/a,no/such/b", "no/such/a does not exist"),
        ("tfds:no_such_dataset", "tfds:no_such_dataset is unknown"),
        ("tfds:no_such_dataset/train", "tfds:no_such_dataset/train is unknown"),
        ("tfds:cifar10,tfds:cifar10/train", "tfds:cifar10 names no split"),
    ],
)
def test_what_is_not_understood_is_said_in_one_sentence(spec, message):
    with pytest.raises(NegcolorError, match=message) as caught:
        open_data(spec)
    assert "\n" not in str(caught.value)


def test_demo_roll_shows_no_photograph_in_two_places():
    names = [*demo_roll.ON_FILM, *demo_roll.COLOR, demo_roll.HELD_OUT]
    images = [read(demo_roll.photograph(name)) for name in names]
    assert len({pixels.tobytes() for pixels in images}) == len(names)
    for number, pixels in enumerate(images):
        assert min(pixels.shape[:2]) >= 286, names[number]
        assert pixels.std(axis=2).mean() > 5, "in color"


def test_demo_roll():
    data = open_data("demo")
    assert isinstance(data.train_a, ExposedOnFilm)
    assert len(data.photographs) == len(data.train_a) + len(data.train_b)
    (test,) = data.test
    np.testing.assert_array_equal(test.truth, read(demo_roll.photograph(demo_roll.HELD_OUT)))
    positive = density_stretch(to_unit(test.negative))
    assert np.corrcoef(positive.ravel(), test.truth.ravel())[0, 1] > 0.9
    np.testing.assert_array_equal(test.negative, open_data("demo").test[0].negative)
