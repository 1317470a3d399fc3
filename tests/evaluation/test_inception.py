"""InceptionV3 as a feature extractor; the network here is random, of the right shape."""

import hashlib
import inspect
import socket
from urllib.error import URLError

import keras
import numpy as np
import pytest
from PIL import Image

from negcolor.errors import NegcolorError
from negcolor.evaluation import inception
from negcolor.evaluation.inception import DISCLAIMER, Inception, load_inception


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    return keras.applications.InceptionV3(weights=None)


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return [rng.uniform(size=shape).astype("float32") for shape in [(40, 70, 3), (310, 299, 3)]]


def test_features_and_probabilities(network, images, monkeypatch):
    monkeypatch.setattr(inception, "BATCH", 1)
    extractor = Inception(network)
    features, probabilities = extractor.features(images), extractor.probabilities(images)
    assert features.shape == (2, 2048)
    assert probabilities.shape == (2, 1000)
    np.testing.assert_allclose(probabilities.sum(1), 1.0, atol=1e-5)
    # The classes are a softmax over the features: the two outputs belong together.
    kernel, bias = network.get_layer("predictions").get_weights()
    expected = np.exp(features @ kernel + bias)
    np.testing.assert_allclose(
        probabilities, expected / expected.sum(1, keepdims=True), rtol=1e-3, atol=1e-6
    )


def test_no_images_have_no_features(network):
    assert Inception(network).features([]).shape == (0, 2048)


def test_images_are_resampled_and_scaled_as_the_network_wants():
    image = np.random.default_rng(1).integers(90, 160, (64, 500, 3), dtype=np.uint8)
    prepared = inception._prepare(image / 255)
    resized = np.asarray(Image.fromarray(image).resize((299, 299), Image.Resampling.BICUBIC))
    expected = keras.applications.inception_v3.preprocess_input(resized.astype("float32"))
    np.testing.assert_allclose(prepared, expected, atol=2.5 / 255)  # 8 bits round twice


@pytest.mark.slow  # writes and reads 96 MB
def test_weights_of_a_file(network, images, tmp_path, monkeypatch):
    file = tmp_path / "mine.weights.h5"
    network.save_weights(file)
    digest = hashlib.md5(file.read_bytes()).hexdigest()
    monkeypatch.setattr(inception, "WEIGHTS_MD5", digest)
    np.testing.assert_allclose(
        load_inception(file).features(images[:1]),
        Inception(network).features(images[:1]),
        rtol=1e-4,
        atol=1e-5,
    )


def test_keras_has_the_same_checksum():
    source = inspect.getsource(keras.src.applications.inception_v3)
    assert inception.WEIGHTS_MD5 in source
    assert inception.WEIGHTS in source


def test_a_file_that_does_not_exist(tmp_path):
    with pytest.raises(NegcolorError, match=r"--inception-weights .*none\.h5 cannot be read \(No"):
        load_inception(tmp_path / "none.h5")


def test_a_file_of_other_weights(tmp_path):
    file = tmp_path / "random.weights.h5"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save_weights(file)
    with pytest.raises(NegcolorError, match=r"random\.weights\.h5 is not Keras' file"):
        load_inception(file)


def test_without_a_network_the_reason_is_one_sentence(monkeypatch, tmp_path):
    def unreachable(*_, **__):
        assert socket.getdefaulttimeout() == inception.PATIENCE
        raise URLError("Name or service not known")

    monkeypatch.setattr(keras.src.utils.file_utils, "urlretrieve", unreachable)
    monkeypatch.setattr(keras.src.utils.file_utils.config, "keras_home", lambda: str(tmp_path))
    with pytest.raises(NegcolorError, match=r"not known\): give .* --inception-weights") as caught:
        load_inception(None)
    assert "\n" not in str(caught.value)
    assert socket.getdefaulttimeout() is None


def test_the_disclaimer_says_what_matters():
    assert "2048" in DISCLAIMER
    assert "other weights" in DISCLAIMER
