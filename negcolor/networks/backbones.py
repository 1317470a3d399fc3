"""Pretrained networks inside the generators of the companion papers' systems.

`--backbone-weights` is "keras" (what Keras and keras-hub download), "none" (random weights) or a
path: the weights file of an InceptionResNetV2 as Keras saves it (.h5), the preset folder of a
ResNet18 or of a DeepLabV3+ as keras-hub's `save_to_preset` writes it, or a folder that holds what
a system needs under the names of `FILES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
from keras import layers

from negcolor.errors import NegcolorError, first_line
from negcolor.networks.layers import register

KERAS, NONE = "keras", "none"

PRESETS = {"resnet18": "resnet_18_imagenet", "deeplab": "deeplab_v3_plus_resnet50_pascalvoc"}
"""What keras-hub calls its weights."""

FILES = {"resnet18": "resnet18", "deeplab": "deeplab", "inception": "inception.weights.h5"}
"""What the weights are called in a folder that is given as a path."""

CLASSES = 21
"""Of Pascal VOC, with the background."""

FULL_WIDTH = 64
"""Channels of a ResNet18's first stage."""


def resnet18(weights: str, *, filters: int = FULL_WIDTH, dtype: str = "float32") -> keras.Model:
    """A ResNet18's features (He et al. 2015, arXiv:1512.03385), to be trained further.

    Args:
        weights: "keras", "none" or a path.
        filters: a narrower network has 2, 4 and 8 times as many channels in its later stages; the
            first stage always has 64 in keras-hub.
        dtype: Keras dtype policy of the layers.

    Returns:
        (B, S, S, 3), of ImageNet's mean and deviation -> features of the sides S/2, S/4, S/8, S/16
        and S/32, of 64, 64, 2 filters, 4 filters and 8 filters channels.

    Raises:
        NegcolorError: keras-hub or the weights are missing, or there are none of that width.
    """
    hub = keras_hub_module()
    if weights == NONE:
        backbone = hub.models.ResNetBackbone(
            input_conv_filters=[FULL_WIDTH],
            input_conv_kernel_sizes=[7],
            stackwise_num_filters=[FULL_WIDTH, *(filters * n for n in (2, 4, 8))],
            stackwise_num_blocks=[2, 2, 2, 2],
            stackwise_num_strides=[1, 2, 2, 2],
            block_type="basic_block",
            dtype=dtype,
        )
    elif filters != FULL_WIDTH:
        raise NegcolorError(
            f"there are no pretrained weights of a ResNet18 with {filters} filters; give "
            f"--filters {FULL_WIDTH} or --backbone-weights {NONE}."
        )
    else:
        with _preset("resnet18", weights) as preset:
            backbone = hub.models.ResNetBackbone.from_preset(preset, dtype=dtype)
            kind = backbone.block_type, list(backbone.stackwise_num_blocks)
            if kind != ("basic_block", [2, 2, 2, 2]):
                raise ValueError("it is another ResNet")
    stages = [backbone.pyramid_outputs[f"P{level}"] for level in (2, 3, 4, 5)]
    stem = backbone.get_layer("conv1_relu").output
    return keras.Model(backbone.input, [stem, *stages], name="resnet18")


def inception(weights: str) -> keras.Model:
    """An InceptionResNetV2 without its softmax (Szegedy et al. 2016, arXiv:1602.07261).

    Args:
        weights: "keras", "none" or a path.

    Returns:
        (B, 299, 299, 3) in [-1, 1] -> (B, 1000) logits of ImageNet's classes.

    Raises:
        NegcolorError: the weights cannot be had.
    """

    def build(source: str | None) -> keras.Model:
        return keras.applications.InceptionResNetV2(weights=source, classifier_activation=None)

    if weights == NONE:
        return build(None)
    if weights == KERAS:
        with _downloading("InceptionResNetV2"):
            return build("imagenet")
    file = _find("inception", weights)
    with _reading(file, "a weights file of Keras' InceptionResNetV2 with its top layer"):
        return build(str(file))


def deeplab(weights: str) -> keras.Model:
    """A DeepLabV3+ on a ResNet50 (Chen et al. 2018, arXiv:1802.02611).

    Args:
        weights: "keras", "none" or a path.

    Returns:
        (B, H, W, 3) in [0, 255] -> (B, H, W, CLASSES), the probabilities of Pascal VOC's classes;
        H and W are multiples of 32.

    Raises:
        NegcolorError: keras-hub or the weights are missing.
    """
    models = keras_hub_module().models
    options = {"activation": "softmax", "preprocessor": None}
    if weights == NONE:
        encoder = models.ResNetBackbone(
            input_conv_filters=[64],
            input_conv_kernel_sizes=[7],
            stackwise_num_filters=[64, 128, 256, 512],
            stackwise_num_blocks=[3, 4, 6, 3],
            stackwise_num_strides=[1, 2, 2, 2],
            block_type="bottleneck_block",
        )
        backbone = models.DeepLabV3Backbone(
            image_encoder=encoder,
            low_level_feature_key="P2",
            spatial_pyramid_pooling_key="P5",
            upsampling_size=8,
            dilation_rates=[6, 12, 18],
        )
        segmenter = models.DeepLabV3ImageSegmenter(backbone, CLASSES, **options)
    else:
        with _preset("deeplab", weights) as preset:
            segmenter = models.DeepLabV3ImageSegmenter.from_preset(preset, **options)
            if segmenter.num_classes != CLASSES:
                raise ValueError(f"it has {segmenter.num_classes} classes, not {CLASSES}")
    # Its own class would bring a compiled loss into files.
    return keras.Model(segmenter.inputs[0], segmenter.outputs[0], name="deeplab")


@register
class Frozen(layers.Layer):
    """A pretrained network that is not trained further and always infers, in float32.

    Args:
        model: the network; its inputs and outputs are the layer's.
    """

    def __init__(self, model: keras.Model, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.model = model
        self.trainable = False
        # Assigning what a model has already reaches none of its layers, and a loaded one has it.
        for trainable in (True, False):
            model.trainable = trainable

    def call(self, inputs: Any) -> Any:
        return self.model(inputs, training=False)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return self.model.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        model = keras.saving.serialize_keras_object(self.model)
        return {**super().get_config(), "model": model}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Frozen:
        model = keras.saving.deserialize_keras_object(config["model"])
        return cls(**{**config, "model": model})


def keras_hub_module() -> Any:
    """The module keras_hub; a NegcolorError says how to install it."""
    try:
        import keras_hub
    except ImportError:
        raise NegcolorError(
            "this system needs keras-hub: pip install 'negcolor[colorization]'."
        ) from None
    return keras_hub


@contextmanager
def _preset(name: str, weights: str) -> Iterator[str]:
    """The preset that keras-hub is to load in the block, whose errors become NegcolorErrors."""
    if weights == KERAS:
        with _downloading(PRESETS[name]):
            yield PRESETS[name]
        return
    folder = _find(name, weights)
    with _reading(folder, f"a folder that keras-hub's save_to_preset wrote of {PRESETS[name]}"):
        yield str(folder)


def _find(name: str, weights: str) -> Path:
    """The file or folder of that backbone's weights at the path.

    Raises:
        NegcolorError: there is nothing.
    """
    path = Path(weights)
    if not path.exists():
        raise NegcolorError(
            f"--backbone-weights {weights}: there is no such file or folder; give {KERAS}, {NONE} "
            "or a path that exists."
        )
    return path / FILES[name] if (path / FILES[name]).exists() else path


@contextmanager
def _downloading(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise NegcolorError(
            f"the weights of {name} cannot be downloaded ({first_line(error)}); give "
            f"--backbone-weights PATH for a local copy or --backbone-weights {NONE} for random "
            "weights."
        ) from error


@contextmanager
def _reading(path: Path, wanted: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise NegcolorError(
            f"--backbone-weights {path} cannot be used ({first_line(error)}); give {wanted}."
        ) from error
