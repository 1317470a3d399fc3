"""An exported colorizer against the local one, and what its card says."""

import json
import subprocess
import sys

import imagecodecs
import numpy as np
import pytest
import tensorflow as tf

import negcolor
from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.run_folder import create_run, write_metrics
from negcolor.inference.colorization import SavedColorizer, load_colorizer
from negcolor.inference.models import load_network
from negcolor.serving.colorizer_card import read_system_provenance
from negcolor.serving.export import CARD, Direction, export_model
from pipelines import demo_roll

SIZES = [(1, 1), (1, 9), (7, 300), (9, 5), (60, 90), (16, 16)]

# Loads the model, and saves what serving_default makes of an image.
FRESH_PROCESS = """
import sys
sys.modules["keras"] = sys.modules["tf_keras"] = sys.modules["negcolor"] = None
import numpy as np, tensorflow as tf
folder, given, answer = sys.argv[1:]
model = tf.saved_model.load(folder)
image = model.signatures["serving_default"](image=tf.constant(np.load(given)[None]))["image"]
np.save(answer, image.numpy()[0])
"""


def noise(height, width, dtype="uint16"):
    white = np.iinfo(dtype).max
    return np.random.default_rng(0).integers(0, white + 1, (height, width, 3), dtype=dtype)


@pytest.fixture(scope="module")
def exported(system_run, tmp_path_factory):
    """OUTPUT/1 of the run."""
    return export_model(system_run, tmp_path_factory.mktemp("models") / "mine")


@pytest.fixture(scope="module")
def signatures(exported):
    return tf.saved_model.load(str(exported)).signatures


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_every_signature_gives_the_local_result(system_run, signatures, height, width):
    for name, dtype in {"serve_uint8": "uint8", "serve_uint16": "uint16"}.items():
        image = noise(height, width, dtype)
        result = signatures[name](image=tf.constant(image[None]))["image"].numpy()[0]
        assert result.dtype == image.dtype
        expected = negcolor.colorize_grey(image, system_run)
        np.testing.assert_allclose(result.astype(int), expected, atol=1 if dtype == "uint8" else 3)

        file = imagecodecs.png_encode(image)
        (answer,) = signatures["serve_image_bytes"](image_bytes=tf.constant([file]))[
            "image_bytes"
        ].numpy()
        np.testing.assert_array_equal(imagecodecs.png_decode(answer), result)
    unit = noise(height, width) / np.float32(65535)
    result = signatures["serving_default"](image=tf.constant(unit[None]))["image"].numpy()[0]
    np.testing.assert_allclose(result, negcolor.colorize_grey(unit, system_run), atol=5e-5)


def test_images_of_a_batch_are_colored_each_by_itself(signatures):
    both = np.stack([noise(20, 30), noise(20, 30)[::-1]])
    together = signatures["serve_uint16"](image=tf.constant(both))["image"].numpy()
    for number in range(2):
        alone = signatures["serve_uint16"](image=tf.constant(both[number : number + 1]))["image"]
        np.testing.assert_allclose(together[number].astype(int), alone.numpy()[0], atol=1)


def test_grey_files_become_colored_files(system_run, signatures):
    grey = noise(12, 10, "uint8")[..., 0].copy()
    file = imagecodecs.png_encode(grey)
    (answer,) = signatures["serve_image_bytes"](image_bytes=tf.constant([file]))[
        "image_bytes"
    ].numpy()
    expected = negcolor.colorize_grey(grey, system_run)
    np.testing.assert_allclose(imagecodecs.png_decode(answer).astype(int), expected, atol=1)


def test_neither_keras_nor_negcolor_is_needed(system_run, exported, tmp_path):
    unit = noise(31, 20) / np.float32(65535)
    np.save(tmp_path / "given.npy", unit)
    files = [exported, tmp_path / "given.npy", tmp_path / "answer.npy"]
    subprocess.run([sys.executable, "-c", FRESH_PROCESS, *map(str, files)], check=True)
    expected = negcolor.colorize_grey(unit, system_run)
    np.testing.assert_allclose(np.load(files[2]), expected, atol=5e-5)


def test_an_exported_colorizer_is_a_system(system_run, exported):
    image = noise(50, 40)
    for folder in (exported, exported.parent):
        assert isinstance(load_colorizer(folder), SavedColorizer)
        result = negcolor.colorize_grey(image, folder).astype(int)
        np.testing.assert_allclose(result, negcolor.colorize_grey(image, system_run), atol=1)
    with pytest.raises(
        NegcolorError, match="mine/1 colors grey positives: give it to negcolor-colorize as"
    ):
        load_network(exported.parent)


def test_an_exported_model_for_negatives_is_none(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda image: {"image": image}, [tf.TensorSpec((1, None, None, 3))])
    tf.saved_model.save(module, str(tmp_path / "1"), {"serving_default": module.f})
    with pytest.raises(NegcolorError, match="is a model for negatives: give it as --model"):
        load_colorizer(tmp_path)


def test_there_is_one_direction(system_run, tmp_path):
    with pytest.raises(NegcolorError, match="--direction color-to-negative is not for colorizers"):
        export_model(system_run, tmp_path / "mine", direction=Direction.COLOR_TO_NEGATIVE)
    assert not (tmp_path / "mine").exists()


def test_the_card(system_run, exported):
    card = (exported / CARD).read_text()
    for text in [
        "# mine, version 1",
        "Turns black-and-white photographs into color photographs.",
        "| system | archaeology-gan: plain encoder and decoder",
        "004 “Colourizing Historic Archaeological Sites using",
        "pretraining, 1 epochs, then phase_1, 1 epochs, then",
        "the last one done up to epoch 2; pictures of 16×16",
        "| pretrained parts | none |",
        "| training data | album |",
        "| license of the training data | not recorded",
        "no figures on pictures that were held out",
        "| 3.250 | 0.625 |",
        *("serving_default", "serve_uint8", "serve_uint16", "serve_image_bytes"),
    ]:
        assert text in card
    assert "somebody" not in card


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ("none", "**inception with RANDOM weights: this is not the system of the paper**"),
        ("keras", "inception, weights of Keras' own download"),
        ("/home/somebody/mine.h5", "inception, weights of mine.h5"),
    ],
)
def test_the_card_says_where_pretrained_parts_come_from(tmp_path, weights, text):
    create_run(tmp_path / "run", ColorizationConfig("deep-koalarization", backbone_weights=weights))
    (tmp_path / "run" / "history.csv").write_text("epoch,mse G\n1,0.5\n")
    assert read_system_provenance(tmp_path / "run").rows["pretrained parts"] == text


def test_the_card_shows_figures_where_the_run_has_them(tmp_path):
    create_run(tmp_path / "run", ColorizationConfig("archaeology-gan", filters=8))
    (tmp_path / "run" / "history.csv").write_text("epoch,gan G\n1,0.5\n")
    row = {"ab_error": 9.5, "psnr": 22.125, "ssim": 0.9, "delta_e": 8.0, "colorfulness": 21.0}
    write_metrics(tmp_path / "run", 4, {"this system": row, "grey": row | {"colorfulness": 0.0}})
    provenance = read_system_provenance(tmp_path / "run")
    assert "4 held-out picture(s)" in provenance.figures
    assert "| this system | 9.500 | 22.125 | 0.900 | 8.000 | 21.000 |" in provenance.figures
    assert "| grey | 9.500 |" in provenance.figures
    assert "pretraining, 27 epochs, then phase_1, 100 epochs" in provenance.rows["training"]
    assert "8 filters in place of 64" in provenance.rows["training"]


def test_the_built_in_photographs_are_named_with_their_licences(tmp_path):
    create_run(tmp_path / "run", ColorizationConfig("pix2pix"))
    (tmp_path / "run" / "history.csv").write_text("epoch,gan G\n1,0.5\n")
    rows = read_system_provenance(tmp_path / "run").rows
    assert "film" not in rows["training data"]
    for file in demo_roll.ON_FILM + demo_roll.COLOR:
        name = demo_roll.photograph(file).stem
        assert name in rows["training data"]
        assert f"{name}: " in rows["license of the training data"]


@pytest.mark.parametrize("file", ["config.json", "history.csv", "figures.json"])
def test_a_damaged_run_is_named(system_run, tmp_path, file):
    for name in ("config.json", "history.csv"):
        (tmp_path / name).write_bytes((system_run / name).read_bytes())
    (tmp_path / file).write_text(json.dumps({"system": "no such"}))
    with pytest.raises(NegcolorError, match=r"lacks a readable config\.json, history\.csv or"):
        read_system_provenance(tmp_path)
