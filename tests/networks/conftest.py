"""A small generator, and stand-ins for the pretrained networks inside the systems' generators."""

import keras
import pytest
from keras import layers

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.networks import backbones
from negcolor.networks.generator import build_generator

CLASSES, LOGITS = 3, 5


@pytest.fixture(scope="session")
def generator():
    """A small generator."""
    keras.utils.set_random_seed(1)
    return build_generator(GeneratorConfig(filters=4, residual_blocks=1))


def tiny_deeplab(weights):
    image = keras.Input((None, None, 3))
    x = layers.BatchNormalization()(layers.Conv2D(CLASSES, 1)(image))
    return keras.Model(image, layers.Softmax()(x))


def tiny_inception(weights):
    image = keras.Input((299, 299, 3))
    x = layers.GlobalAveragePooling2D()(layers.AveragePooling2D(13)(image))
    return keras.Model(image, layers.BatchNormalization()(layers.Dense(LOGITS)(x)))


def tiny_resnet(weights, *, filters, dtype):
    """Features of five sizes, as many channels as keras-hub's."""
    image = x = keras.Input((None, None, 3))
    features = []
    for channels in (64, 64, 2 * filters, 4 * filters, 8 * filters):
        options = {"strides": 2, "padding": "same", "activation": "relu", "dtype": dtype}
        x = layers.Conv2D(channels, 1, **options)(x)
        features.append(x)
    return keras.Model(image, features, name="resnet18")


@pytest.fixture
def tiny_backbones(monkeypatch):
    """Small networks of the same shapes; the embedding of `inception` has 5 values."""
    monkeypatch.setattr(backbones, "deeplab", tiny_deeplab)
    monkeypatch.setattr(backbones, "inception", tiny_inception)
    monkeypatch.setattr(backbones, "resnet18", tiny_resnet)
