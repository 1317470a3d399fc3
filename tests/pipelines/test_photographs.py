"""Photographs for the grey-to-color systems: who is trained on, who is held out."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from hypothesis import given
from hypothesis import strategies as st

from negcolor.errors import NegcolorError
from negcolor.images.io import write
from pipelines.photographs import open_photographs, split_indices

SPLIT = (0.8, 0.15, 0.05)


def folder_of(path, count):
    """Images whose grey level is their number."""
    for number in range(count):
        write(path / f"{number:02d}.png", np.full((6, 5 + number, 3), number, "uint8"))
    return path


def levels(domain):
    count = len(domain)
    stream = domain.stream(seed=1, start=0, size=4).take(count)
    return sorted(round(float(image[0, 0, 0]) * 255) for image in stream)


def held(images):
    return sorted(int(image.pixels[0, 0, 0]) for image in images)


@given(
    count=st.integers(2, 400),
    images=st.integers(2, 300),
    seed=st.integers(0, 99),
    split=st.sampled_from([SPLIT, (0.8, 0.2, 0.0), (0.5, 0.25, 0.25)]),
)
def test_no_image_is_in_two_parts(count, images, seed, split):
    parts = split_indices(count, images, split, seed, "x")
    taken = np.concatenate(parts)
    assert len(taken) == len({*taken}) == min(count, images)
    assert len(parts[0]) >= 1
    assert len(parts[1]) >= 1
    if len(taken) >= 40:
        shares = np.array([len(part) for part in parts]) / len(taken)
        np.testing.assert_allclose(shares, split, atol=1.5 / len(taken))
    again = split_indices(count, images, split, seed, "x")
    assert all(np.array_equal(a, b) for a, b in zip(parts, again, strict=True))


def test_a_folder_is_split_by_seed(tmp_path):
    folder = folder_of(tmp_path, 20)
    found = [open_photographs(str(folder), images=99, split=SPLIT, seed=seed) for seed in (0, 0, 1)]
    splits = [(levels(p.train), held(p.validation), held(p.test)) for p in found]
    assert splits[0] == splits[1] != splits[2]
    assert [len(part) for part in splits[0]] == [16, 3, 1]
    assert sorted(level for part in splits[0] for level in part) == [*range(20)]
    assert "16 pictures to train on, 3 for validation, 1 for the test" in found[0].description


def test_only_so_many_images_are_taken(tmp_path):
    found = open_photographs(str(folder_of(tmp_path, 12)), images=5, split=SPLIT, seed=0)
    assert len(found.train) + len(found.validation) + len(found.test) == 5


def test_held_out_images_are_read_when_they_are_asked_for(tmp_path):
    folder = folder_of(tmp_path, 3)
    (folder / "00.png").write_bytes(b"no picture")
    seeds = [
        open_photographs(str(folder), images=9, split=(0.5, 0.5, 0), seed=seed) for seed in range(9)
    ]  # whoever is damaged, opening does not read it
    with pytest.raises(NegcolorError, match=r"00\.png"):
        [held(photographs.validation) for photographs in seeds]


def test_the_demo_needs_no_data():
    found = open_photographs("demo", images=9, split=SPLIT, seed=0)
    assert len(found.train) == 4
    assert [photograph.name for photograph in found.validation] == ["chelsea"]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("nowhere", "--data nowhere is no folder: name a folder of photographs"),
        ("tfds:nonsense", "tfds:nonsense is unknown"),
    ],
)
def test_what_cannot_be_opened_is_named(spec, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        open_photographs(spec, images=9, split=SPLIT, seed=0)


@pytest.mark.parametrize("count", [0, 1])
def test_two_images_are_the_least(tmp_path, count):
    folder_of(tmp_path, count)
    with pytest.raises(NegcolorError, match=rf"too few pictures \({count}\)"):
        open_photographs(str(tmp_path), images=9, split=SPLIT, seed=0)


@pytest.mark.parametrize("name", ["imagenet2012", "places365_small"])
def test_tfds_images_are_split_and_filtered_by_category(name):
    with tfds.testing.mock_data(30):
        builder = tfds.builder(name)
        names = builder.info.features["label"].names
        found = open_photographs(f"tfds:{name}", images=20, split=SPLIT, seed=0)
        assert (len(found.train), len(found.validation), len(found.test)) == (16, 3, 1)
        images = [*found.validation, *found.test]
        assert len({image.name for image in images}) >= 3
        assert all(image.pixels.dtype == np.uint8 for image in images)
        assert len(list(found.train.stream(0, 0, 8).take(16))) == 16

        with pytest.raises(NegcolorError, match="no category 'xyzzy'"):
            open_photographs(f"tfds:{name}?label=xyzzy", images=9, split=SPLIT, seed=0)
        near = names[1][:-1]
        with pytest.raises(NegcolorError, match="nearest are"):
            open_photographs(f"tfds:{name}/train?label={near}", images=9, split=SPLIT, seed=0)


def test_only_the_images_of_a_category_are_taken():
    def as_dataset(self, *args, **kwargs):
        def example(number):
            level = tf.cast(number, tf.uint8)
            image = tf.io.encode_jpeg(tf.fill((256, 256, 3), level), quality=100)
            return {"image": image, "label": number % 3}

        return tf.data.Dataset.range(30).map(example)

    with tfds.testing.mock_data(30, as_dataset_fn=as_dataset):
        second = tfds.builder("places365_small").info.features["label"].names[1]
        spec = f"tfds:places365_small/train?label={second}"
        found = open_photographs(spec, images=99, split=SPLIT, seed=0)
        numbers = levels(found.train) + held(found.validation) + held(found.test)
    assert sorted(numbers) == [*range(1, 30, 3)]


def test_coco_has_no_categories():
    with tfds.testing.mock_data(12):
        found = open_photographs("tfds:coco/2017", images=10, split=(0.8, 0.2, 0), seed=0)
        assert (len(found.train), len(found.validation), len(found.test)) == (8, 2, 0)
        with pytest.raises(NegcolorError, match=r"no category 'dog'.*leave \?label= out"):
            open_photographs("tfds:coco/2017?label=dog", images=9, split=SPLIT, seed=0)
