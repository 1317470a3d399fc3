"""What is recorded of a run, with a generator whose answers are known."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from negcolor.images.io import read, write
from negcolor.images.lab import AB_SCALE, normalize_lab, srgb_to_lab
from negcolor.studies.run_evaluation import SHOWN, evaluate_system
from pipelines.domain import ImageDomain
from pipelines.lab_batches import load_validation
from pipelines.photographs import Photograph, Photographs

SIZE = 16


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """One more to measure than is shown, and as many to train on."""
    rng = np.random.default_rng(0)

    def pixels():
        return rng.integers(0, 256, (SIZE, SIZE, 3), dtype="uint8")

    folder = tmp_path_factory.mktemp("photographs")
    files = [folder / f"{number}.png" for number in range(SHOWN + 1)]
    for file in files:
        write(file, pixels())
    validation = [Photograph(str(number), pixels()) for number in range(2)]
    test = [Photograph(str(number), pixels()) for number in range(SHOWN + 1)]
    return Photographs(ImageDomain(files), validation, test, "nine photographs")


@pytest.fixture
def evaluate(photographs, tmp_path):
    """Evaluates a system whose generator finds neither a* nor b*."""
    keras.utils.set_random_seed(0)
    generator = keras.Sequential(
        [keras.Input((SIZE, SIZE, 1)), keras.layers.Conv2D(2, 1, kernel_initializer="zeros")]
    )
    data = SimpleNamespace(
        validation=load_validation(photographs.validation, SIZE), images=SHOWN + 1
    )
    trained = SimpleNamespace(
        trainer=SimpleNamespace(folder=tmp_path, in_float32=lambda name: generator),
        task=SimpleNamespace(
            data=data, system=SimpleNamespace(image_size=SIZE), config=SimpleNamespace(seed=0)
        ),
        photographs=photographs,
    )

    def call(**options):
        evaluate_system(trained, **options)
        return json.loads((tmp_path / "evaluation.json").read_text())

    return call


def errors_of_grey(lab):
    return AB_SCALE * np.abs(lab[..., 1:]).mean((1, 2, 3))


def test_metrics_are_those_of_every_image(evaluate, photographs):
    record = evaluate(with_training=False)
    assert record["parts"].keys() == {"held-out"}
    part = record["parts"]["held-out"]
    errors = errors_of_grey(load_validation(photographs.test, SIZE))
    np.testing.assert_allclose(part["system"]["ab_error"], errors, rtol=1e-5)
    np.testing.assert_allclose(part["grey"]["ab_error"], errors, rtol=1e-5)
    assert len(part["truth"]["colorfulness"]) == SHOWN + 1
    assert min(part["truth"]["colorfulness"]) > max(part["grey"]["colorfulness"])
    assert (record["photographs"], record["training_images"]) == ("nine photographs", SHOWN + 1)


def test_grey_is_measured_on_the_validation_images(evaluate, photographs):
    record = evaluate(with_training=False)
    validation = load_validation(photographs.validation, SIZE)
    errors = errors_of_grey(validation)
    assert record["validation_of_grey"]["ab error"] == pytest.approx(errors.mean(), rel=1e-5)
    assert record["validation_of_grey"]["chroma"] == 0
    chroma = AB_SCALE * np.hypot(validation[..., 1], validation[..., 2]).mean()
    assert record["chroma_of_truth"] == pytest.approx(chroma, rel=1e-5)


def test_the_first_images_are_kept(evaluate, photographs, tmp_path):
    evaluate(with_training=False)
    folder = tmp_path / "results" / "held-out"
    assert len([*folder.iterdir()]) == 2 * SHOWN
    grey = read(folder / "001.png").astype(int)
    assert np.ptp(grey, axis=-1).max() <= 1
    truth = normalize_lab(srgb_to_lab(read(folder / "002-truth.png") / 255.0))
    np.testing.assert_allclose(truth, load_validation(photographs.test, SIZE)[1], atol=0.02)


def test_photographs_that_were_trained_on_are_measured_too_and_all_are_kept(evaluate, tmp_path):
    record = evaluate(with_training=True)
    errors = {name: part["grey"]["ab_error"] for name, part in record["parts"].items()}
    assert {name: len(values) for name, values in errors.items()} == {
        "held-out": SHOWN + 1,
        "training": SHOWN + 1,
    }
    assert not {*errors["held-out"]} & {*errors["training"]}
    for name in errors:
        assert len([*(tmp_path / "results" / name).iterdir()]) == 2 * (SHOWN + 1)
