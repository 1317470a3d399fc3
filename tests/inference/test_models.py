"""Models on disk that convert, files that are none, and the models of the package."""

from pathlib import Path

import keras
import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.evaluation.converters import gather_converters
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.inference import models
from negcolor.inference.api import colorize
from negcolor.inference.compact import save_compact
from negcolor.inference.models import (
    DEFAULT_MODEL,
    bundled_models,
    default_folder,
    load_converter,
    load_generator,
    models_folder,
)
from negcolor.serving.export import CARD, export_model

SCAN = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype="uint8")


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 half an archive"])
def test_files_that_are_no_models_are_named(tmp_path, content):
    file = tmp_path / "model.keras"
    file.write_bytes(content)
    with pytest.raises(NegcolorError, match=r"model\.keras: this is not a generator") as caught:
        load_generator(file)
    assert "\n" not in str(caught.value)


def test_a_network_that_makes_no_images_is_no_generator(tmp_path):
    inputs = keras.Input((None, None, 3))
    keras.Model(inputs, keras.layers.Conv2D(1, 3)(inputs)).save(tmp_path / "other.keras")
    with pytest.raises(NegcolorError, match="does not turn pictures of any size into pictures"):
        load_generator(tmp_path / "other.keras")


@pytest.mark.parametrize("model", ["", "missing.keras"])
def test_where_there_is_no_model(tmp_path, model):
    with pytest.raises(NegcolorError, match="there is no generator here; give a run folder"):
        load_generator(tmp_path / model)


def test_a_folder_with_versions_that_are_no_models(tmp_path):
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(NegcolorError, match="not a model that negcolor-export wrote"):
        load_converter(tmp_path)


@pytest.fixture
def folder_of_models(generator, tmp_path, monkeypatch):
    """The folder of the package's models, with two in it and things that are none."""
    folder = tmp_path / "models"
    config = GeneratorConfig(filters=4, residual_blocks=1)
    for name in ("other", DEFAULT_MODEL):
        save_compact(generator, config, folder / name, text=f"About {name}.", card="# Card\n")
    (folder / "mine" / "1").mkdir(parents=True)
    (folder / "README.md").touch()
    monkeypatch.setattr(models, "models_folder", lambda: folder)
    return folder


@pytest.fixture
def expected(folder_of_models):
    return colorize(SCAN, folder_of_models / DEFAULT_MODEL)


def test_the_packages_folder_is_found():
    assert (models_folder() / "__init__.py").is_file()
    for model in bundled_models():
        assert model.folder.parent == models_folder()


def test_models_are_listed_by_name(folder_of_models):
    first, second = bundled_models()
    assert (first.name, first.description) == (DEFAULT_MODEL, f"About {DEFAULT_MODEL}.")
    assert (second.name, second.folder) == ("other", folder_of_models / "other")
    assert first.size == sum(path.stat().st_size for path in first.folder.iterdir())


def test_a_compact_model_converts_like_its_generator(generator, expected):
    difference = expected.astype(int) - colorize(SCAN, generator)
    assert np.abs(difference).max() <= 1  # float16
    assert expected.std() > 5


def test_a_model_is_taken_by_name_and_by_default(expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(colorize(SCAN, DEFAULT_MODEL), expected)
    np.testing.assert_array_equal(colorize(SCAN), expected)
    assert load_converter(DEFAULT_MODEL).generator
    assert load_generator(DEFAULT_MODEL).count_params()


def test_a_folder_of_scans_does_not_hide_a_model_and_another_model_does(
    generator, expected, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / DEFAULT_MODEL).mkdir()
    np.testing.assert_array_equal(colorize(SCAN, DEFAULT_MODEL), expected)
    generator.save(tmp_path / DEFAULT_MODEL / "generator_g.keras")
    np.testing.assert_array_equal(colorize(SCAN, DEFAULT_MODEL), colorize(SCAN, generator))


def test_names_that_are_none_are_refused_with_a_remedy(folder_of_models):
    for name in ("nosuch", "mine", "../models/film", "."):
        with pytest.raises(NegcolorError, match="negcolor-colorize --list-models shows"):
            load_converter(name)


def test_without_the_default_model_a_sentence_says_what_to_do(folder_of_models):
    (folder_of_models / DEFAULT_MODEL).rename(folder_of_models / "renamed")
    sentence = "lacks its model 'film': install the package again, or give --model"
    with pytest.raises(NegcolorError, match=sentence):
        default_folder()
    with pytest.raises(NegcolorError, match=sentence):
        colorize(SCAN)


@pytest.mark.parametrize("how", ["name", "folder"])
def test_bundled_models_can_be_exported(expected, folder_of_models, how, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = folder_of_models / DEFAULT_MODEL if how == "folder" else Path(DEFAULT_MODEL)
    folder = export_model(model, tmp_path / "served")
    converter = load_converter(folder)
    assert converter.generator is None
    assert np.abs(converter(SCAN).astype(int) - expected).max() <= 1
    card = (folder / CARD).read_text()
    assert f"| made from | the compact model {DEFAULT_MODEL}: About {DEFAULT_MODEL}. |" in card
    assert f"| license of the training data | see the {CARD} of {DEFAULT_MODEL} |" in card


def test_bundled_models_can_be_evaluated_under_their_name(expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    converters = gather_converters([Path(DEFAULT_MODEL)], [])
    assert list(converters) == [DEFAULT_MODEL]
    np.testing.assert_array_equal(converters[DEFAULT_MODEL](SCAN), expected)
