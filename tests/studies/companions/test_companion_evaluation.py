"""What is recorded of a run, with a generator whose answers are known."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from negcolor.images.io import read
from negcolor.images.lab import AB_SCALE, normalize_lab, srgb_to_lab
from negcolor.studies.companion_evaluation import SHOWN, evaluate_run

SIZE = 16


@pytest.fixture
def truth():
    images = np.random.default_rng(0).random((SHOWN + 1, SIZE, SIZE, 3), "float32")
    return normalize_lab(srgb_to_lab(images))


@pytest.fixture
def run(tmp_path):
    """Its generator finds neither a* nor b*."""
    keras.utils.set_random_seed(0)
    generator = keras.Sequential(
        [keras.Input((SIZE, SIZE, 1)), keras.layers.Conv2D(2, 1, kernel_initializer="zeros")]
    )
    return SimpleNamespace(folder=tmp_path, in_float32=lambda name: generator)


def evaluate(run, truth, **options):
    data = SimpleNamespace(validation=truth[:2], images=7)
    plan = SimpleNamespace(data=data)
    evaluate_run(run, plan, {"held-out": truth}, description="seven photographs", **options)
    return json.loads((run.folder / "evaluation.json").read_text())


def test_figures_are_those_of_every_image(run, truth):
    record = evaluate(run, truth)
    part = record["parts"]["held-out"]
    errors = AB_SCALE * np.abs(truth[..., 1:]).mean((1, 2, 3))
    np.testing.assert_allclose(part["system"]["ab_error"], errors, rtol=1e-5)
    np.testing.assert_allclose(part["grey"]["ab_error"], errors, rtol=1e-5)
    assert len(part["truth"]["colorfulness"]) == SHOWN + 1
    assert min(part["truth"]["colorfulness"]) > max(part["grey"]["colorfulness"])
    assert record["validation_of_grey"]["ab error"] == pytest.approx(errors[:2].mean(), rel=1e-5)
    assert record["validation_of_grey"]["chroma"] == 0
    chroma = AB_SCALE * np.hypot(truth[:2, ..., 1], truth[:2, ..., 2]).mean()
    assert record["chroma_of_truth"] == pytest.approx(chroma, rel=1e-5)
    assert (record["photographs"], record["training_pictures"]) == ("seven photographs", 7)


def test_the_first_images_are_kept_or_all(run, truth):
    evaluate(run, truth)
    folder = run.folder / "results" / "held-out"
    assert len([*folder.iterdir()]) == 2 * SHOWN
    grey = read(folder / "001.png").astype(int)
    assert np.ptp(grey, axis=-1).max() <= 1
    np.testing.assert_array_equal(
        normalize_lab(srgb_to_lab(read(folder / "002-truth.png") / 255.0))[..., 0] > 0,
        truth[1, ..., 0] > 0,
    )
    evaluate(run, truth, keep_all=True)
    assert len([*folder.iterdir()]) == 2 * (SHOWN + 1)
