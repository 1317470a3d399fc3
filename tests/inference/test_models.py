"""Models on disk that are networks, and files that are none."""

import keras
import pytest

from negcolor.errors import NegcolorError
from negcolor.inference.models import load_generator, load_network


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 half an archive"])
def test_files_that_are_no_models_are_named(tmp_path, content):
    file = tmp_path / "model.keras"
    file.write_bytes(content)
    with pytest.raises(NegcolorError, match=r"model\.keras: this is not a generator") as caught:
        load_generator(file)
    assert "\n" not in str(caught.value)


def test_a_network_that_makes_no_images_is_no_generator(tmp_path):
    inputs = keras.Input((None, None, 3))
    keras.Model(inputs, keras.layers.Conv2D(1, 3)(inputs)).save(tmp_path / "judge.keras")
    with pytest.raises(NegcolorError, match="does not turn pictures of any size into pictures"):
        load_generator(tmp_path / "judge.keras")


@pytest.mark.parametrize("model", ["", "missing.keras"])
def test_where_there_is_no_model(tmp_path, model):
    with pytest.raises(NegcolorError, match="there is no generator here; give a run folder"):
        load_generator(tmp_path / model)


def test_a_folder_with_versions_that_are_no_models(tmp_path):
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(NegcolorError, match="not a model that negcolor-export wrote"):
        load_network(tmp_path)
