"""Compact models: what is written is read again, to float16's rounding, and damage is named."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import MODIFICATIONS, GeneratorConfig
from negcolor.inference.compact import CARD, CONFIG, WEIGHTS, load_compact, save_compact
from negcolor.networks.generator import build_generator

TINY = GeneratorConfig(filters=4, residual_blocks=1)
TEXT = {"text": "Tiny: nothing learnt.", "card": "# Tiny ünd klein\n"}


def randomized(config, seed=0):
    """A generator none of whose weights is what it starts with."""
    generator = build_generator(config)
    rng = np.random.default_rng(seed)
    for weight in generator.weights:
        weight.assign(rng.uniform(0.05, 1, weight.shape) * 0.3)
    return generator


@pytest.fixture(scope="module")
def tiny():
    return randomized(TINY)


@pytest.fixture
def folder(tiny, tmp_path):
    """A compact model to damage."""
    save_compact(tiny, TINY, tmp_path / "tiny", **TEXT)
    return tmp_path / "tiny"


@pytest.mark.parametrize("key", ["0", "3", "4", "7", "8", "13", "19", "layer-norm"])
@pytest.mark.parametrize("prior", [None, "density"])
def test_modifications_come_back(key, prior, tmp_path):
    config = dataclasses.replace(
        MODIFICATIONS[key].generator, filters=2, residual_blocks=2, prior=prior
    )
    generator = randomized(config)
    save_compact(generator, config, tmp_path / "model", **TEXT)
    loaded = load_compact(tmp_path / "model")
    assert len(loaded.weights) == len(generator.weights)
    for ours, theirs in zip(loaded.weights, generator.weights, strict=True):
        assert ours.dtype == "float32"
        np.testing.assert_array_equal(ours, np.asarray(theirs).astype("float16"))
        np.testing.assert_allclose(ours, theirs, rtol=2**-11)
    image = np.random.default_rng(1).uniform(-1, 1, (1, 16, 16, 3)).astype("float32")
    for weight in generator.weights:
        weight.assign(np.asarray(weight).astype("float16"))
    np.testing.assert_array_equal(loaded(image), generator(image))


def test_statistics_of_batch_normalization_are_kept(tmp_path):
    config = dataclasses.replace(TINY, normalization="batch")
    save_compact(randomized(config), config, tmp_path / "model", **TEXT)
    with np.load(tmp_path / "model" / WEIGHTS) as archive:
        assert sum(name.endswith("moving_variance") for name in archive.files) == 7
        assert {archive[name].dtype for name in archive.files} == {np.dtype("float16")}


def test_names_do_not_depend_on_what_was_built_before(tiny, folder, tmp_path):
    save_compact(randomized(TINY), TINY, tmp_path / "again", **TEXT)
    assert (tmp_path / "again" / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()


def test_a_generator_that_was_saved_by_keras_is_taken_too(tiny, folder, tmp_path):
    tiny.save(tmp_path / "generator.keras")
    read = keras.saving.load_model(tmp_path / "generator.keras", compile=False)
    save_compact(read, TINY, tmp_path / "again", **TEXT)
    assert (tmp_path / "again" / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()


def test_the_folder_holds_three_files_and_nothing_lies_beside_it(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted([CONFIG, WEIGHTS, CARD])
    assert (folder / CARD).read_text(encoding="utf-8") == TEXT["card"]
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_nothing_is_overwritten(tiny, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(NegcolorError, match=r"tiny cannot be written .*: name a new folder"):
        save_compact(tiny, TINY, folder, **TEXT)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_weights_that_float16_cannot_hold_are_refused(tmp_path):
    generator = build_generator(TINY)
    generator.weights[2].assign(np.full(generator.weights[2].shape, 7e4))
    with pytest.raises(NegcolorError, match="'002 Norm_1/gamma' go beyond 65504"):
        save_compact(generator, TINY, tmp_path / "model", **TEXT)
    assert not (tmp_path / "model").exists()


def test_fields_that_an_older_file_lacks_have_their_defaults(tiny, folder):
    record = json.loads((folder / CONFIG).read_text())
    del record["generator"]["skip_connections"], record["generator"]["prior"]
    (folder / CONFIG).write_text(json.dumps(record))
    np.testing.assert_array_equal(
        load_compact(folder).weights[0], np.asarray(tiny.weights[0]).astype("float16")
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 2}, "has version 2, which this negcolor does not know: install a newer one."),
        (
            {"generator": {"filters": 4, "wings": 2}},
            "has wings, which this negcolor does not know: install a newer one.",
        ),
        ({"generator": 5}, "does not describe a generator"),
        ({"generator": {"filters": "many"}}, "describes a generator that cannot be built"),
        ({"generator": {"upsampling": ["sideways"]}}, "describes a generator that cannot be built"),
        ({"generator": {"filters": 8}}, "does not hold the weights of the generator"),
        ({"generator": {"filters": 4, "residual_blocks": 2}}, "does not hold the weights"),
    ],
)
def test_descriptions_that_do_not_fit_are_named(folder, change, sentence):
    record = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(record | change))
    assert_refused(folder, sentence)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff"])
def test_damaged_descriptions_are_named(folder, content):
    (folder / CONFIG).write_bytes(content)
    assert_refused(folder, f"{CONFIG} does not describe a generator")


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "bit", "text"])
def test_damaged_weights_are_named(folder, damage):
    file = folder / WEIGHTS
    content = bytearray(file.read_bytes())
    file.unlink()
    if damage == "half":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "bit":
        content[1000] ^= 1
        file.write_bytes(content)
    elif damage != "missing":
        file.write_bytes(b"no archive" if damage == "text" else b"")
    assert_refused(folder, f"{WEIGHTS} does not hold the weights of the generator")


def test_pickled_objects_are_not_read(folder):
    np.savez(folder / WEIGHTS, **{"000 Conv2d_1/kernel": np.array([print], dtype=object)})
    assert_refused(folder, f"{WEIGHTS} does not hold the weights of the generator")


def assert_refused(folder, sentence):
    with pytest.raises(NegcolorError) as caught:
        load_compact(folder)
    message = str(caught.value)
    assert sentence in message
    assert str(folder) in message
    assert "\n" not in message
