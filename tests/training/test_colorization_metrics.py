"""What is measured on held-out images."""

import keras
import numpy as np
import pytest

from negcolor.training.colorization_metrics import color_errors, discriminator_accuracy


def test_errors_are_in_units_of_cielab():
    truth = np.zeros((1, 2, 2, 2), "float32")
    colors = truth + np.array([0.3, 0.4], "float32")
    found = color_errors(colors, truth)
    assert found == pytest.approx({"ab error": 38.5, "ab mse": 1512.5, "chroma": 55.0}, rel=1e-5)
    grey = color_errors(truth, colors)
    assert grey == pytest.approx({"ab error": 38.5, "ab mse": 1512.5, "chroma": 0}, rel=1e-5)


def test_the_accuracy_of_a_discriminator_counts_both_kinds_of_images():
    inputs = keras.Input((2, 2, 2))
    discriminator = keras.Model(inputs, keras.layers.Lambda(lambda x: x[:, 0, 0, :1])(inputs))
    truth = np.ones((4, 2, 2, 3), "float32")
    colors = np.array([-1, -1, 1, -1], "float32").reshape(4, 1, 1, 1) * np.ones((4, 2, 2, 2))
    assert discriminator_accuracy(discriminator, truth, colors) == pytest.approx(7 / 8)
