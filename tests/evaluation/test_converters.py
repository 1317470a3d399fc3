"""What converters are called, which of them are known, and how they compare."""

from pathlib import Path

import numpy as np
import pytest

from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError
from negcolor.evaluation import converters
from negcolor.evaluation.converters import compare_converters, gather_converters, name_models
from negcolor.evaluation.metrics import average, compare
from negcolor.images.color import to_unit


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("runs/mine", "mine"),
        ("runs/mine/generator_g.keras", "mine"),
        ("models/v2.keras", "v2"),
        ("models/v2.1", "v2.1"),
        ("saved_models/mine/3", "mine/3"),
    ],
)
def test_models_have_the_name_of_their_folder_or_file(path, name):
    assert name_models([Path(path)], []) == [(name, Path(path))]


def test_models_of_one_name_are_told_apart(tmp_path):
    paths = [tmp_path / "a" / "run", tmp_path / "b" / "run", tmp_path / "a" / "run", Path("other")]
    assert [name for name, _ in name_models(paths, [])] == [
        str(tmp_path / "a" / "run"),
        str(tmp_path / "b" / "run"),
        "other",
    ]
    ((name, _),) = name_models([tmp_path / "negadoctor"], ["negadoctor"])
    assert name == str(tmp_path / "negadoctor")


def test_classical_converters_by_name():
    assert gather_converters([], ["all"]) == dict(CLASSICAL)
    assert gather_converters([], ["negadoctor", "all", "negadoctor"]) == dict(CLASSICAL)
    assert list(gather_converters([], ["negfix8", "negadoctor"])) == ["negfix8", "negadoctor"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "give --model, --classical, or both"),
        (["all", "Negadoctor"], "there is no classical converter 'Negadoctor'; choose one of all,"),
    ],
)
def test_mistakes(names, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        gather_converters([], names)


def pairs(count, shape=(12, 16, 3)):
    """(negative, truth) with negative = 255 - truth."""
    for seed in range(count):
        truth = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        yield 255 - truth, truth


def test_each_converter_gets_its_mean_over_the_pairs():
    figures = compare_converters(
        pairs(3), {"inversion": lambda negative: 1 - negative, "nothing": lambda negative: negative}
    )
    assert list(figures) == ["inversion", "nothing"]
    expected = average(compare(to_unit(negative), to_unit(truth)) for negative, truth in pairs(3))
    assert figures["nothing"] == expected
    assert figures["inversion"].ssim == pytest.approx(1.0)
    assert figures["inversion"].delta_e == pytest.approx(0.0, abs=1e-3)
    assert figures["inversion"].psnr > 120  # float32


def test_images_of_16_bits_count_alike():
    ((negative, truth),) = pairs(1)
    wide = (negative.astype("uint16") * 257, truth.astype("uint16") * 257)
    eight, sixteen = (
        compare_converters([pair], {"nothing": lambda negative: negative})["nothing"]
        for pair in ((negative, truth), wide)
    )
    assert sixteen.delta_e == pytest.approx(eight.delta_e, rel=1e-5)


def test_large_images_are_reduced_before_they_are_converted(monkeypatch):
    monkeypatch.setattr(converters, "LONG_SIDE", 10)
    shapes = []

    def convert(negative):
        shapes.append((negative.shape, negative.dtype))
        return negative

    compare_converters(pairs(1, (20, 40, 3)), {"recorder": convert})
    assert shapes == [((5, 10, 3), np.float32)]


def test_without_a_pair_there_are_no_figures():
    assert compare_converters([], {"inversion": lambda negative: 1 - negative}) == {}


def test_one_perfect_image_does_not_hide_the_others():
    truths = [truth for _, truth in pairs(2)]
    figures = compare_converters([(truth, truth) for truth in truths], {"nothing": lambda x: x})
    assert figures["nothing"] == average(
        compare(to_unit(truth), to_unit(truth)) for truth in truths
    )
    assert figures["nothing"].psnr == np.inf
