"""TensorFlow Datasets: any registered one (mocked), and the builder for two-domain folders."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from negcolor.errors import NegcolorError
from negcolor.images.io import read, write
from pipelines import batches
from pipelines import tfds as tfds_source
from pipelines.domain import ExposedOnFilm
from pipelines.sources import HELD_OUT, open_data
from pipelines.tfds import TfdsDomain, TfdsSplits
from pipelines.tfds_builder import prepare


def two_domain_folder(folder: Path, dtype: str) -> Path:
    rng = np.random.default_rng(0)
    for split, count in {"trainA": 5, "trainB": 3, "testA": 2, "truthA": 2}.items():
        for number in range(count):
            shape = (9 + number, 12, 3)
            pixels = rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
            write(folder / split / f"{number}.png", pixels)
    return folder


def images(folder: Path) -> dict[str, np.ndarray]:
    return {file.stem: read(file) for file in folder.iterdir()}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    folder = two_domain_folder(root / "roll", "uint16")
    return folder, prepare(folder, root / "datasets", shards=2)


def encoded_numbers(count: int) -> TfdsDomain:
    """A domain of PNGs whose grey level is their number."""
    feature = tfds.features.Image(shape=(None, None, 3), encoding_format="png")
    numbers = tf.data.Dataset.range(count).map(
        lambda n: tf.io.encode_png(tf.fill((2, 2, 3), tf.cast(n, tf.uint8)))
    )
    return TfdsDomain(numbers, feature)


def levels(domain: TfdsDomain, start: int, count: int) -> list[int]:
    stream = domain.stream(seed=1, start=start, size=2).take(count)
    return [round(float(image[0, 0, 0]) * 255) for image in stream]


@pytest.mark.parametrize("block", [4, 1000])
def test_every_pass_has_every_image_once_and_starts_anywhere(monkeypatch, block):
    monkeypatch.setattr(tfds_source, "BLOCK", block)
    domain = encoded_numbers(11)
    whole = levels(domain, 0, 33)
    passes = [whole[k : k + 11] for k in (0, 11, 22)]
    assert all(sorted(visited) == list(range(11)) for visited in passes)
    assert len({tuple(visited) for visited in passes}) == 3
    for start in (3, 11, 25):
        assert levels(domain, start, 33 - start) == whole[start:]


def test_a_truth_of_another_size_is_refused_by_name(tmp_path):
    folder = two_domain_folder(tmp_path / "roll", "uint8")
    write(folder / "truthA" / "1.png", np.zeros((3, 3, 3), np.uint8), overwrite=True)
    tests = open_data(f"tfds:{prepare(folder, tmp_path / 'datasets')}").test
    assert tests[0].truth.shape == tests[0].negative.shape
    with pytest.raises(NegcolorError, match=r"1 of testA and of truthA in .* differ in size"):
        tests[1]


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_builder_keeps_every_bit(tmp_path, dtype):
    folder = two_domain_folder(tmp_path / "roll", dtype)
    dataset = TfdsSplits(str(prepare(folder, tmp_path / "datasets")))
    for split in ("trainA", "trainB", "testA", "truthA"):
        read_back = {name: dataset.decode(encoded) for name, encoded in dataset.named(split)}
        expected = images(folder / split)
        assert read_back.keys() == expected.keys()
        for name, pixels in read_back.items():
            assert pixels.dtype == dtype
            np.testing.assert_array_equal(pixels, expected[name])
    assert "testB" not in dataset


def test_builder_widens_8_bits_among_16(tmp_path):
    folder = two_domain_folder(tmp_path / "roll", "uint8")
    deep = np.full((4, 4, 3), 12345, np.uint16)
    write(folder / "trainA" / "deep.png", deep)
    dataset = TfdsSplits(str(prepare(folder, tmp_path / "datasets")))
    read_back = {name: dataset.decode(encoded) for name, encoded in dataset.named("trainA")}
    np.testing.assert_array_equal(read_back["deep"], deep)
    np.testing.assert_array_equal(read_back["0"] / 257, images(folder / "trainA")["0"])


def test_prepared_dataset_is_sharded_and_read_back(prepared):
    folder, dataset = prepared
    assert len(list(dataset.glob("*-trainA.tfrecord-*"))) == 2
    data = open_data(f"tfds:{dataset}")
    assert (len(data.train_a), len(data.train_b)) == (5, 3)
    assert [test.name for test in data.test] == ["0", "1"]
    for test in data.test:
        np.testing.assert_array_equal(test.negative, images(folder / "testA")[test.name])
        np.testing.assert_array_equal(test.truth, images(folder / "truthA")[test.name])
    options = {"image_size": 8, "batch_size": 2}
    whole = list(batches.unpaired(data, **options).take(6).as_numpy_iterator())
    rest = list(batches.unpaired(data, **options, start_step=4).take(2).as_numpy_iterator())
    np.testing.assert_array_equal(rest, whole[4:])


def test_prepared_splits_for_each_domain(prepared):
    _, dataset = prepared
    data = open_data(f"tfds:{dataset}/trainA,tfds:{dataset}/trainB")
    assert not isinstance(data.train_a, ExposedOnFilm)
    assert (len(data.train_a), len(data.train_b), len(data.test)) == (5, 3, 0)


def test_errors_name_what_is_missing(prepared, tmp_path):
    folder, dataset = prepared
    with pytest.raises(NegcolorError, match="no split trainC: choose one of trainA"):
        open_data(f"tfds:{dataset}/trainC")
    with pytest.raises(NegcolorError, match="too few pictures"):
        open_data(f"tfds:{dataset}/trainB")
    with pytest.raises(NegcolorError, match="exists already"):
        prepare(folder, dataset.parents[2])
    for split in ("trainA", "trainB"):
        (tmp_path / "empty" / split).mkdir(parents=True)
    with pytest.raises(NegcolorError, match="trainA has no pictures"):
        prepare(tmp_path / "empty", tmp_path)


def test_builder_names_an_unreadable_image_and_leaves_nothing(tmp_path):
    folder = two_domain_folder(tmp_path / "roll", "uint16")
    (folder / "trainB" / "broken.png").write_bytes(b"no picture")
    with pytest.raises(NegcolorError, match=r"broken\.png"):
        prepare(folder, tmp_path / "datasets")
    assert not list((tmp_path / "datasets").rglob("*.tfrecord*"))


def test_a_dataset_that_is_not_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(NegcolorError, match=r"not prepared .* run `tfds build cifar10`"):
        open_data("tfds:cifar10/train")


def test_a_registered_dataset_is_half_on_film():
    with tfds.testing.mock_data(num_examples=HELD_OUT + 5):
        data = open_data("tfds:cifar10/train")
        assert isinstance(data.train_a, ExposedOnFilm)
        assert (len(data.train_a), len(data.train_b), len(data.photographs)) == (3, 2, 5)
        assert len(data.test) == HELD_OUT
        assert all(test.truth.shape == (32, 32, 3) for test in data.test)
        used = [
            image.tobytes()
            for domain in (data.train_a, data.train_b)
            for image in domain.stream(0, 0, 32).take(len(domain)).as_numpy_iterator()
        ]
        assert len(set(used)) == 5
        for batch in batches.paired(data, image_size=16, batch_size=2).take(3):
            assert [part.shape[-1] for part in batch] == [3, 3, 1]


def test_a_grey_dataset_becomes_three_channels():
    with tfds.testing.mock_data(num_examples=6):
        data = open_data("tfds:mnist/train,tfds:fashion_mnist/test")
        negative, color = next(iter(batches.unpaired(data, image_size=16)))
    assert len(data.train_a) == 6 - HELD_OUT
    np.testing.assert_array_equal(color[..., 0], color[..., 2])
    assert negative.shape == (1, 16, 16, 3)


@pytest.mark.slow
def test_builder_command(tmp_path):
    folder = two_domain_folder(tmp_path / "roll", "uint8")
    command = [sys.executable, "-m", "pipelines.tfds_builder", str(folder)]
    command += ["--data-dir", str(tmp_path / "datasets"), "--shards", "1"]
    root = Path(__file__).parents[2]
    first, second = (
        subprocess.run(command, cwd=root, capture_output=True, text=True) for _ in range(2)
    )
    assert first.returncode == 0, first.stderr
    spec = first.stdout.splitlines()[-1].removeprefix("--data ")
    assert len(open_data(spec).train_a) == 5
    assert second.returncode == 2
    assert "exists already" in second.stderr
    assert "Traceback" not in second.stderr
