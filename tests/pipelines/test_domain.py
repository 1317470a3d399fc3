"""Domains: order, positions, resizing and the cache."""

from pathlib import Path

import numpy as np
import skimage.transform
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from negcolor.images.color import to_unit
from pipelines import domain
from pipelines.domain import Alternating, ImageDomain, image_at, resize


def plain(values: list[int], side: int = 4) -> ImageDomain:
    """One grey level per image, so that an image is known by its value."""
    return ImageDomain([np.full((side, side, 3), value, np.uint8) for value in values])


def levels(stream: tf.data.Dataset, count: int) -> list[int]:
    return [round(float(image[0, 0, 0]) * 255) for image in stream.take(count)]


@given(st.integers(1, 12), st.integers(0, 2**40), st.integers(0, 50))
def test_every_pass_is_a_permutation(length, seed, number):
    places = tf.range(number * length, (number + 1) * length, dtype=tf.int64)
    assert sorted(int(image_at(place, length, seed)) for place in places) == list(range(length))


def test_stream_visits_every_image_once_per_pass_in_changing_order():
    passes = np.reshape(levels(plain(list(range(10))).stream(3, 0, 4), 50), (5, 10))
    for visited in passes:
        assert sorted(visited) == list(range(10))
    assert len({tuple(visited) for visited in passes}) == 5
    assert len(set(passes[:, 0])) > 1


def test_stream_starts_anywhere():
    images = plain(list(range(7)))
    whole = levels(images.stream(1, 0, 4), 30)
    for start in (1, 6, 7, 18):
        assert levels(images.stream(1, start, 4), 30 - start) == whole[start:]
    assert levels(images.stream(2, 0, 4), 30) != whole


def test_alternating_takes_turns_and_starts_anywhere():
    both = Alternating(plain([0, 1, 2]), plain([100, 101]))
    whole = levels(both.stream(5, 0, 4), 12)
    assert len(both) == 5
    assert sorted(whole[0:6:2]) == [0, 1, 2]
    assert sorted(whole[1:4:2]) == [100, 101]
    for start in (1, 2, 5):
        assert levels(both.stream(5, start, 4), 12 - start) == whole[start:]


@given(
    st.integers(1, 90), st.integers(1, 90), st.integers(1, 64), st.sampled_from(["uint8", "uint16"])
)
def test_resize_keeps_aspect_ratio_and_depth(height, width, size, dtype):
    resized = resize(np.full((height, width, 3), 77, dtype), size)
    assert min(resized.shape[:2]) == size
    short, long = sorted((height, width))
    assert abs(max(resized.shape[:2]) - size * long / short) <= 0.5
    assert resized.dtype == dtype
    assert (resized == 77).all()


def test_resize_keeps_16_bits():
    ramp = np.linspace(0, 65535, 200 * 200 * 3).reshape(200, 200, 3).astype(np.uint16)
    assert len(np.unique(resize(ramp, 100))) > 10_000


def test_resize_does_not_alias():
    # A checkerboard beyond what the small image can show has to become its mean.
    board = (np.indices((120, 120)).sum(axis=0) % 2 * 255).astype(np.uint8)
    resized = resize(np.repeat(board[..., None], 3, axis=2), 30)
    assert np.abs(resized.astype(int) - 127).max() <= 2


def test_resize_agrees_with_scikit_image_on_a_smooth_image():
    y, x = np.mgrid[0:80, 0:120] / 20
    smooth = np.stack([np.sin(x) * np.cos(y), np.cos(x), np.sin(y)], axis=-1) * 0.4 + 0.5
    pixels = (smooth * 65535).astype(np.uint16)
    expected = skimage.transform.resize(smooth, (40, 60), order=3, anti_aliasing=True)
    inside = np.abs(to_unit(resize(pixels, 40)) - expected)[3:-3, 3:-3]
    assert inside.max() < 0.01


def test_files_of_every_kind_become_three_channels(tmp_path):
    rng = np.random.default_rng(0)
    kinds = {
        "grey.png": rng.integers(0, 256, (9, 5), np.uint8),
        "alpha.png": rng.integers(0, 256, (5, 9, 4), np.uint8),
        "tiny.png": rng.integers(0, 256, (1, 1, 3), np.uint8),
        "deep.tif": rng.integers(0, 65536, (33, 31), np.uint16),
    }
    for name, pixels in kinds.items():
        Image.fromarray(pixels).save(tmp_path / name)
    files = ImageDomain([tmp_path / name for name in kinds])
    for image in files.stream(0, 0, 8).take(4):
        assert image.dtype == tf.float32
        assert min(image.shape[:2]) == 8
        assert image.shape[2] == 3
        assert 0 <= np.min(image) <= np.max(image) <= 1


def test_images_are_read_once_while_memory_lasts(monkeypatch):
    calls = []

    def counting(path: Path) -> np.ndarray:
        calls.append(path)
        return np.zeros((8, 8, 3), np.uint8)

    monkeypatch.setattr(domain, "read", counting)
    monkeypatch.setattr(domain, "CACHE_BYTES", 2 * 4 * 4 * 3)
    files = ImageDomain([Path("a"), Path("b"), Path("c")])
    for _ in range(5):
        for index in range(3):
            files._load(index, 4)
    assert [calls.count(path) for path in files.images] == [1, 1, 5]
