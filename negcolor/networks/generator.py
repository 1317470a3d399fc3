"""The generators G (negative to color) and F (color to negative): Table I of the paper."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import keras
from keras import layers

from negcolor.experiments.modifications import GeneratorConfig
from negcolor.networks.density_prior import (
    Balance,
    ClippedSum,
    DensityRange,
    DensityToPositive,
    Thumbnail,
)
from negcolor.networks.layers import (
    INITIALIZER,
    ReflectionConv2D,
    ResidualBlock,
    UpSampling2D,
    activation,
    normalization,
)

# How much each up-sampling stage enlarges the image.
UPSAMPLING_FACTORS = {"transposed": 2, "nearest": 2, "nearest_x4": 4, "bilinear": 2}


class _Names:
    """Numbers layer names as the paper's tables do: Conv2d_1, Norm_1, ReLU_1, Conv2d_2, …"""

    def __init__(self) -> None:
        self._counts: dict[str, int] = defaultdict(int)

    def __call__(self, stem: str) -> str:
        self._counts[stem] += 1
        return f"{stem}_{self._counts[stem]}"


class _Layers:
    """Applies a generator's layers to symbolic tensors, with the configuration's choices."""

    def __init__(self, config: GeneratorConfig, dtype: str) -> None:
        self.config = config
        self.dtype = dtype
        self.names = _Names()

    def norm_activation(self, x: Any) -> Any:
        kind = self.config.activation
        x = normalization(self.config.normalization, dtype=self.dtype, name=self.names("Norm"))(x)
        stem = {"relu": "ReLU", "leaky_relu": "LeakyReLU"}[kind]
        return activation(kind, dtype=self.dtype, name=self.names(stem))(x)

    def convolution(
        self, x: Any, filters: int, kernel: int, strides: int = 1, **options: Any
    ) -> Any:
        options |= {"dtype": self.dtype, "name": self.names("Conv2d")}
        return ReflectionConv2D(filters, kernel, strides=strides, **options)(x)

    def residual_block(self, x: Any) -> Any:
        return ResidualBlock(
            self.config.filters * 4,
            order=self.config.residual_order,
            dropout=self.config.residual_dropout,
            norm=self.config.normalization,
            nonlinearity=self.config.activation,
            dtype=self.dtype,
            name=self.names("ResnetBlock"),
        )(x)

    def upsample(self, x: Any, stage: str, filters: int) -> Any:
        """One stage of `GeneratorConfig.upsampling`, with its norm and activation."""
        if stage == "transposed":
            layer = layers.Conv2DTranspose(
                filters,
                self.config.sampling_kernel,
                strides=2,
                padding="same",
                kernel_initializer=INITIALIZER,
                dtype=self.dtype,
                name=self.names("ConvTranspose2d"),
            )
            return self.norm_activation(layer(x))
        bilinear = stage == "bilinear"
        enlarge = UpSampling2D(
            UPSAMPLING_FACTORS[stage],
            interpolation="bilinear" if bilinear else "nearest",
            # XLA's gradient of the bilinear resize is float32 whatever the input's precision.
            dtype="float32" if bilinear else self.dtype,
            name=self.names("Upsampling"),
        )
        if bilinear:
            return enlarge(x)
        return self.norm_activation(self.convolution(enlarge(x), filters, 3))

    def dropout(self, x: Any, rate: float) -> Any:
        return layers.Dropout(rate, dtype=self.dtype, name=self.names("Dropout"))(x)

    def join(self, x: Any, skipped: Any, filters: int) -> Any:
        """Fuses encoder features into the decoder's by a 1×1 convolution."""
        joined = layers.Concatenate(dtype=self.dtype, name=self.names("Skip"))([x, skipped])
        options = {"kernel_initializer": INITIALIZER, "dtype": self.dtype}
        return layers.Conv2D(filters, 1, name=self.names("Fuse"), **options)(joined)


def build_generator(
    config: GeneratorConfig, *, dtype: str = "float32", name: str = "generator"
) -> keras.Model:
    """A generator as a functional model.

    Args:
        config: what to build; the default GeneratorConfig is Table I.
        dtype: Keras dtype policy of the layers, e.g. "mixed_bfloat16"; the final tanh and with it
            the output are float32 always.
        name: the model's name.

    Returns:
        (B, H, W, 3) -> (B, H, W, 3), both in [-1, 1]; H and W any multiples of 4 from 8 on.
    """
    add, filters = _Layers(config, dtype), config.filters

    inputs = keras.Input((None, None, 3), name="image")
    x, positive = inputs, None
    if config.prior == "density":
        positive = _density_positive(inputs)
        x = layers.Concatenate(dtype=dtype, name="Positive_and_scan")([positive, inputs])

    # Encoder
    x = add.norm_activation(add.convolution(x, filters, config.outer_kernel))
    encoded = {4: x}  # features by how much larger they are than the bottleneck
    x = add.norm_activation(add.convolution(x, filters * 2, config.sampling_kernel, strides=2))
    encoded[2] = x
    x = add.norm_activation(add.convolution(x, filters * 4, config.sampling_kernel, strides=2))
    if config.extra_convolution == "encoder":
        x = add.norm_activation(add.convolution(x, filters * 4, 3))

    # Residual blocks
    for _ in range(config.residual_blocks):
        x = add.residual_block(x)

    # Decoder
    size = 1
    for stage in config.upsampling:
        size *= UPSAMPLING_FACTORS[stage]
        x = add.upsample(x, stage, filters * 4 // size)
        if config.upsampling_dropout:
            x = add.dropout(x, config.upsampling_dropout)
        if config.skip_connections:
            x = add.join(x, encoded[size], filters * 4 // size)
    if config.extra_convolution == "output":
        x = add.norm_activation(add.convolution(x, filters, 3))
    start = {} if positive is None else {"kernel_initializer": "zeros"}
    x = add.convolution(x, 3, config.outer_kernel, size // 4, **start)
    outputs = layers.Activation("tanh", dtype="float32", name="Tanh")(x)
    if positive is not None:
        outputs = ClippedSum(name="Positive_and_residual")([positive, outputs])
    return keras.Model(inputs, outputs, name=name)


def _density_positive(scan: Any) -> Any:
    """The positive that densitometry and the balance give, see `density_prior`."""
    thumbnail = Thumbnail(name="Thumbnail")(scan)
    limits = DensityRange(name="Density_range")(thumbnail)
    coefficients = Balance(name="Balance")([thumbnail, limits])
    return DensityToPositive(name="Print")([scan, limits, coefficients])
