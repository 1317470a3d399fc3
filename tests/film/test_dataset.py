"""Planning a roll: names, divisions, seeds and refusals."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import color, data

from negcolor.converters.classical import density_stretch
from negcolor.errors import NegcolorError
from negcolor.film.dataset import expose_frame, plan_dataset
from negcolor.images import io

PHOTO = np.ascontiguousarray(data.astronaut()[::8, ::8])
PHOTOS = [Path(f"{name}.jpg") for name in "abcdefghijklmnopqrst"]


def test_without_a_split_every_photo_gets_both_files(tmp_path):
    frames = plan_dataset(PHOTOS, tmp_path)
    assert [frame.photo for frame in frames] == PHOTOS
    assert frames[0].negative == tmp_path / "negatives" / "a.png"
    assert frames[0].truth == tmp_path / "truths" / "a.png"


def test_same_stems_get_numbers():
    photos = [Path(p) for p in ("x/é.jpg", "y/é.png", "z/É.tif", "x/é-2.jpg", "x/e\u0301.jpg")]
    names = [frame.truth.name for frame in plan_dataset(photos, Path("out"))]
    assert names == ["é.png", "é-2.png", "É-3.png", "é-2-2.png", "e\u0301-4.png"]


@given(count=st.integers(4, 60), seed=st.integers(0, 2**64))
def test_a_split_puts_every_photo_into_exactly_one_domain(count, seed):
    photos = [Path(f"{i}.jpg") for i in range(count)]
    frames = plan_dataset(photos, Path("out"), seed=seed, split=True)
    assert sorted(frame.photo for frame in frames) == sorted(photos)
    folders = [
        (frame.negative and frame.negative.parent.name, frame.truth and frame.truth.parent.name)
        for frame in frames
    ]
    kinds = [("trainA", None), (None, "trainB"), ("testA", "truthA"), (None, "testB")]
    train_a, train_b, test_a, test_b = (folders.count(kind) for kind in kinds)
    assert train_a + train_b + test_a + test_b == count
    assert test_a == test_b == max(1, round(count / 10))
    assert 0 <= train_a - train_b <= 1
    assert train_b >= 1
    for frame in frames:
        assert {path.stem for path in (frame.negative, frame.truth) if path} == {frame.photo.stem}


def test_the_seed_decides_the_split_and_every_frame():
    first, again, other = (
        plan_dataset(PHOTOS, Path("out"), seed=seed, split=True) for seed in (1, 1, 2)
    )
    assert first == again
    assert [frame.photo for frame in first] != [frame.photo for frame in other]
    assert len({frame.seed for frame in [*first, *other]}) == 2 * len(PHOTOS)


def test_wrong_options_are_refused(tmp_path):
    with pytest.raises(NegcolorError, match=r"at least 4 .* not 3"):
        plan_dataset(PHOTOS[:3], tmp_path, split=True)
    with pytest.raises(NegcolorError, match=r"'nosuch'; choose one of random, kodak_portra_160"):
        plan_dataset(PHOTOS, tmp_path, stock="nosuch")
    with pytest.raises(NegcolorError, match="--bit-depth is 8 or 16, not 12"):
        plan_dataset(PHOTOS, tmp_path, bit_depth=12)
    io.write(tmp_path / "truthA" / "old.png", PHOTO)
    plan_dataset(PHOTOS, tmp_path)
    with pytest.raises(NegcolorError, match="truthA holds pictures already"):
        plan_dataset(PHOTOS, tmp_path, split=True)


@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize("stock", ["kodak_gold_200", "random"])
def test_a_color_frame_is_a_negative_and_the_photograph(tmp_path, stock, bit_depth):
    io.write(tmp_path / "photo.png", PHOTO)
    roll = plan_dataset([tmp_path / "photo.png"], tmp_path, stock=stock, bit_depth=bit_depth)
    expose_frame(roll[0])
    dtype = np.dtype(f"uint{bit_depth}")
    negative, truth = io.read(roll[0].negative), io.read(roll[0].truth)
    assert negative.dtype == truth.dtype == dtype
    assert negative.shape == PHOTO.shape
    np.testing.assert_array_equal(truth, PHOTO.astype(dtype) * (257 if bit_depth == 16 else 1))
    positive = density_stretch(negative / np.iinfo(dtype).max)
    assert np.corrcoef(positive.ravel(), PHOTO.ravel())[0, 1] > 0.9
    if bit_depth == 16:
        assert (negative % 257 != 0).any()


def test_the_truth_of_a_black_and_white_film_is_its_luminance(tmp_path):
    io.write(tmp_path / "photo.png", PHOTO)
    roll = plan_dataset([tmp_path / "photo.png"], tmp_path, stock="kodak_tri_x_400")
    expose_frame(roll[0])
    truth = io.read(roll[0].truth)
    np.testing.assert_allclose(
        color.rgb2xyz(truth)[..., 1], color.rgb2xyz(PHOTO)[..., 1], atol=0.005
    )
    assert np.ptp(truth, axis=-1).max() == 0
    # Scanned in red, green and blue through noise, the negative is neutral but for a step or two.
    assert np.ptp(io.read(roll[0].negative).astype(int), axis=-1).mean() < 1.5


def test_frames_differ_though_the_photograph_is_the_same(tmp_path):
    for name in ("a.png", "b.png"):
        io.write(tmp_path / name, PHOTO)
    roll = plan_dataset(io.gather_images([tmp_path]), tmp_path, stock="random")
    for frame in roll:
        expose_frame(frame)
    first, second = (io.read(frame.negative) for frame in roll)
    assert (first != second).mean() > 0.5
