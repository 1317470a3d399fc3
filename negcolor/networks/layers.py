"""Layers that Keras 3 lacks, and the residual block; all can be saved and loaded."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

EPSILON = 1e-5  # of every normalization, as in pix2pix and CycleGAN; Keras' default is 1e-3
# A description, not an initializer: that one would draw the same numbers for every layer.
INITIALIZER = {"class_name": "RandomNormal", "config": {"stddev": 0.02}}

PIXEL, IMAGE = "pixel", "image"
"""What an output of a layer depends on, when not training: the inputs at its pixel, or all of them.

Layers of ours that are one or the other have the attribute `sees`, by which images are converted in
tiles, see `inference.tiled_graph`.
"""

register = keras.saving.register_keras_serializable(package="negcolor")


def _standardize(x: Any, scale: Any, offset: Any) -> Any:
    """Per image and channel: (x - mean) / sqrt(variance + epsilon) * scale + offset.

    Instance normalization of a batch of one is batch normalization, for which TensorFlow has a
    kernel that reads its input two to four times less often than separate operations do;
    `keras.ops` does not reach it. Statistics are float32 whatever the precision of `x`.
    """
    if keras.config.backend() != "tensorflow":
        x32 = ops.cast(x, "float32")
        mean, variance = ops.moments(x32, axes=(1, 2), keepdims=True)
        factor = scale * ops.rsqrt(variance + EPSILON)
        return ops.cast(x32 * factor + (offset - mean * factor), x.dtype)

    import tensorflow as tf

    single = x.shape[0] == 1
    batch, height, width, channels = ops.shape(x)
    if not single:  # images become channels of one image
        x = ops.reshape(ops.transpose(x, (1, 2, 0, 3)), (1, height, width, batch * channels))
        scale, offset = ops.tile(scale, [batch]), ops.tile(offset, [batch])
    y = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=scale, offset=offset, mean=[], variance=[], epsilon=EPSILON, is_training=True
    ).y
    if not single:
        y = ops.reshape(y, (height, width, batch, channels))
        y = ops.transpose(y, (2, 0, 1, 3))
    return y


@register
class InstanceNormalization(layers.Layer):
    """Normalizes each channel of each image by its own mean and variance, then scales and shifts.

    (B, H, W, C) -> (B, H, W, C), same dtype; `gamma` and `beta` of shape (C,) are float32 like the
    statistics. Source: Ulyanov et al. 2016, arXiv:1607.08022.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = input_shape[-1]
        weight = {"shape": (channels,), "dtype": "float32", "autocast": False}
        self.gamma = self.add_weight(name="gamma", initializer="ones", **weight)
        self.beta = self.add_weight(name="beta", initializer="zeros", **weight)

    def call(self, inputs: Any) -> Any:
        return _standardize(inputs, self.gamma, self.beta)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape


def normalization(kind: str, **kwargs: Any) -> layers.Layer:
    """The normalization layer of that kind: "instance", "batch" or "layer"."""
    if kind == "instance":
        return InstanceNormalization(**kwargs)
    if kind == "batch":
        # PyTorch's momentum: Keras' .99 would need hundreds of steps before inference is usable.
        return layers.BatchNormalization(momentum=0.9, epsilon=EPSILON, **kwargs)
    if kind == "layer":
        return layers.GroupNormalization(groups=1, epsilon=EPSILON, **kwargs)
    raise ValueError(f"unknown normalization {kind!r}: choose instance, batch or layer")


def activation(kind: str, **kwargs: Any) -> layers.Layer:
    """The activation layer of that kind: "relu" or "leaky_relu" (slope .2)."""
    if kind == "relu":
        return layers.ReLU(**kwargs)
    if kind == "leaky_relu":
        return layers.LeakyReLU(negative_slope=0.2, **kwargs)
    raise ValueError(f"unknown activation {kind!r}: choose relu or leaky_relu")


def _mirror(x: Any, p: int, axis: int) -> Any:
    """Prepends and appends p mirrored rows (axis 1) or columns (axis 2)."""
    first, last = _cut(x, 1, p + 1, axis), _cut(x, -p - 1, -1, axis)
    return ops.concatenate([ops.flip(first, axis), x, ops.flip(last, axis)], axis)


def _fold(x: Any, p: int, axis: int) -> Any:
    """The adjoint of `_mirror`: adds p border rows or columns onto those they mirror."""
    first, last = _cut(x, 0, p, axis), _cut(x, -p, None, axis)
    parts = [
        _cut(x, p, p + 1, axis),
        _cut(x, p + 1, 2 * p + 1, axis) + ops.flip(first, axis),
        _cut(x, 2 * p + 1, -2 * p - 1, axis),
        _cut(x, -2 * p - 1, -p - 1, axis) + ops.flip(last, axis),
        _cut(x, -p - 1, -p, axis),
    ]
    return ops.concatenate(parts, axis)


def _cut(x: Any, start: int, stop: int | None, axis: int) -> Any:
    return x[:, start:stop] if axis == 1 else x[:, :, start:stop]


@register
class ReflectionPadding2D(layers.Layer):
    """Mirrors `padding` rows and columns at each border, without repeating the border itself.

    (B, H, W, C) -> (B, H + 2p, W + 2p, C); H and W must be larger than p, and than 2p + 1 for
    gradients. Concatenations take half the time of the pad operation and of its gradient.
    """

    def __init__(self, padding: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs: Any) -> Any:
        p = self.padding

        @ops.custom_gradient
        def pad(x: Any) -> tuple[Any, Any]:
            def gradient(*args: Any, upstream: Any = None) -> Any:
                (dy,) = args if upstream is None else (upstream,)
                return _fold(_fold(dy, p, 1), p, 2)

            return _mirror(_mirror(x, p, 2), p, 1), gradient

        return pad(inputs) if p else inputs

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = input_shape
        grown = [side and side + 2 * self.padding for side in (height, width)]
        return batch, *grown, channels

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padding": self.padding}


@register
class ReflectionConv2D(layers.Conv2D):
    """Convolution over a reflected border: H×W -> H/strides × W/strides for even sizes."""

    def __init__(self, filters: int, kernel_size: int | tuple[int, int], **kwargs: Any) -> None:
        kwargs = {"kernel_initializer": INITIALIZER, **kwargs, "padding": "valid"}
        super().__init__(filters, kernel_size, **kwargs)
        self.reflection = ReflectionPadding2D(
            (self.kernel_size[0] - 1) // 2, dtype=self.dtype_policy
        )

    def call(self, inputs: Any) -> Any:
        return super().call(self.reflection(inputs))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return super().compute_output_shape(self.reflection.compute_output_shape(input_shape))


@register
class UpSampling2D(layers.UpSampling2D):
    """Keras' layer, also for images whose size a graph does not know yet.

    There Keras 3.15 compares the size with zero in Python, which fails, for bilinear interpolation.
    """

    def call(self, inputs: Any) -> Any:
        if self.interpolation != "bilinear" or keras.config.backend() != "tensorflow":
            return super().call(inputs)

        import tensorflow as tf

        _, height, width, _ = ops.shape(inputs)
        size = (height * self.size[0], width * self.size[1])
        return ops.cast(tf.image.resize(inputs, size), inputs.dtype)


@register
class SpectralConv2D(layers.Conv2D):
    """Convolution whose kernel is divided by its largest singular value at every call.

    With W the kernel as a (kh·kw·Cin, Cout) matrix, each training call takes one step of the power
    iteration, v <- Wu/|Wu|, u <- Wᵀv/|Wᵀv|, sigma = vᵀWu, and convolves with W/sigma. u and v
    count as constants for the gradient. Calls that do not train leave `u` alone. Source: Miyato et
    al. 2018, arXiv:1802.05957, algorithm 1. (`keras.layers.SpectralNormalization` assigns the
    divided kernel instead, which leaves d sigma / d W out of the gradient.)
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.u = self.add_weight(
            name="u",
            shape=(self.filters,),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            trainable=False,
            dtype="float32",
            autocast=False,
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        matrix = ops.cast(ops.reshape(self.kernel, (-1, self.filters)), "float32")
        constant = ops.stop_gradient(matrix)
        u = ops.convert_to_tensor(self.u)
        v = ops.normalize(ops.matmul(constant, u))
        if training:
            u = ops.normalize(ops.matmul(v, constant))
            self.u.assign(u)
        sigma = ops.matmul(v, ops.matmul(matrix, u))
        outputs = self.convolution_op(inputs, self.kernel / ops.cast(sigma, self.kernel.dtype))
        if self.use_bias:
            outputs = ops.add(outputs, self.bias)
        return outputs

    # Keras' convolutions save kernel and bias by name and nothing else.
    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["u"] = self.u

    def load_own_variables(self, store: Any) -> None:
        super().load_own_variables(store)
        self.u.assign(store["u"])


@register
class ResidualBlock(layers.Layer):
    """Two 3×3 convolutions without bias, each with a normalization, beside a shortcut.

    (B, H, W, C) -> (B, H, W, C). With order "post" the branch is convolution, norm, activation,
    convolution, norm, as in Johnson et al. 2016; with "pre" it is norm, activation, convolution
    twice, and the last convolution starts at zero, so that the block starts as the identity
    (He et al. 2016, arXiv:1603.05027; Goyal et al. 2017). Both have 18C² + 4C parameters:
    1,180,672 for C = 256, as the paper states below its Table I.
    """

    def __init__(
        self,
        filters: int,
        *,
        order: str = "post",
        dropout: float = 0.0,
        norm: str = "instance",
        nonlinearity: str = "relu",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.config = {
            "filters": filters,
            "order": order,
            "dropout": dropout,
            "norm": norm,
            "nonlinearity": nonlinearity,
        }
        dtype = {"dtype": self.dtype_policy}

        def convolution(**options: Any) -> layers.Layer:
            return ReflectionConv2D(filters, 3, use_bias=False, **options, **dtype)

        first_norm, second_norm = normalization(norm, **dtype), normalization(norm, **dtype)
        regularizer = [layers.Dropout(dropout, **dtype)] if dropout else []
        if order == "post":
            self.branch = [
                convolution(), first_norm, activation(nonlinearity, **dtype),
                *regularizer,
                convolution(), second_norm,
            ]  # fmt: skip
        elif order == "pre":
            self.branch = [
                first_norm, activation(nonlinearity, **dtype), convolution(),
                *regularizer,
                second_norm, activation(nonlinearity, **dtype),
                convolution(kernel_initializer="zeros"),
            ]  # fmt: skip
        else:
            raise ValueError(f"unknown residual order {order!r}: choose post or pre")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        for layer in self.branch:
            layer.build(input_shape)

    def call(self, inputs: Any, training: bool = False) -> Any:
        x = inputs
        for layer in self.branch:
            x = layer(x, training=training) if layer._call_has_training_arg else layer(x)
        return inputs + x

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.config}
