"""One balance for a whole roll, in place of what a density prior finds for each frame.

A darkroom printer sets filters and exposure once for a roll. Here those are the density range and
the balance coefficients of `density_prior`: those of each frame can be read, common ones found,
and a generator made that applies them to every image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers, ops

from negcolor.errors import NegcolorError
from negcolor.networks.density_prior import TERMS, Balance, DensityRange, balanced, has_prior
from negcolor.networks.layers import IMAGE, register


class RollBalance(NamedTuple):
    """What a density prior takes from the whole image; it decides how densities become a positive.

    Attributes:
        limits: (2, 3), density of film base and densest highlight per channel.
        coefficients: (TERMS, 3), of the polynomial of relative densities.
    """

    limits: np.ndarray
    coefficients: np.ndarray


@register
class Constant(layers.Layer):
    """Gives the same array, (1, …) float32, whatever it is called with."""

    sees = IMAGE

    def __init__(self, value: Any, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.value = np.asarray(value, "float32")

    def call(self, inputs: Any) -> Any:
        return ops.convert_to_tensor(self.value)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return self.value.shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "value": self.value.tolist()}


def balance_reader(generator: keras.Model) -> Callable[[np.ndarray], RollBalance]:
    """A function that tells what a generator's density prior finds for an image.

    The function takes (H, W, 3) floating point in [-1, 1].

    Raises:
        NegcolorError: the generator has no density prior.
    """
    if not has_prior(generator):
        raise NegcolorError(
            "one printing for a whole roll needs a model with a density prior, which this one has "
            "not: choose a model that was trained with --prior density."
        )
    outputs = {type(layer): layer.output for layer in generator.layers}
    prior = keras.Model(generator.inputs, [outputs[DensityRange], outputs[Balance]])

    def read(image: np.ndarray) -> RollBalance:
        return RollBalance(*(x[0] for x in prior.predict_on_batch(image[None])))

    return read


def common_balance(balances: Sequence[RollBalance]) -> RollBalance:
    """The balance that most frames agree on: the median of the positives that they give.

    The median is taken at each color of a lattice of densities, and a balance fitted to it.

    Frames of another kind (blank, half exposed, from another film) change it little as long as
    they are few.

    Args:
        balances: of the frames, at least one.
    """
    limits = np.median([balance.limits for balance in balances], axis=0)
    low, high = limits
    steps = np.linspace(0.0, 1.0, 5)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    densities = low + lattice * (high - low)
    positives = [_balanced(_relative(densities, one.limits), one.coefficients) for one in balances]
    change = np.median(positives, axis=0) - lattice
    # The polynomial is linear in its coefficients, so one of them at a time gives the terms.
    units = np.eye(TERMS)[:, :, None].repeat(3, axis=-1)
    terms = np.stack([_balanced(lattice, unit)[:, 0] - lattice[:, 0] for unit in units], axis=-1)
    coefficients = np.linalg.lstsq(terms, change, rcond=None)[0]
    return RollBalance(limits.astype("float32"), coefficients.astype("float32"))


def with_roll_balance(generator: keras.Model, balance: RollBalance) -> keras.Model:
    """A copy of a generator with a density prior that gives every image the same balance."""
    values = {DensityRange: balance.limits, Balance: balance.coefficients}

    def replaced(layer: layers.Layer) -> layers.Layer:
        if type(layer) in values:
            return Constant(values[type(layer)][None], name=layer.name)
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(generator, clone_function=replaced)
    for layer in copy.layers:
        if not isinstance(layer, Constant):
            layer.set_weights(generator.get_layer(layer.name).get_weights())
    return copy


def _relative(densities: np.ndarray, limits: np.ndarray) -> np.ndarray:
    low, high = limits
    return (densities - low) / np.maximum(high - low, 1e-3)


def _balanced(x: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """`density_prior.balanced` of (N, 3)."""
    result = balanced(
        np.asarray(x[None, None], "float32"), np.asarray(coefficients[None], "float32")
    )
    return ops.convert_to_numpy(result)[0, 0]
