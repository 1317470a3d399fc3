"""Pretrained networks from keras-hub and Keras: their shapes, their files, what goes wrong."""

import sys

import keras
import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.networks import Koalarization, ResNetUNet
from negcolor.networks import backbones
from negcolor.networks.factory import build_colorizer

pytestmark = pytest.mark.slow

IMAGE = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype("float32")


@pytest.fixture(scope="module")
def hub():
    return pytest.importorskip("keras_hub")


def resnet(hub, blocks=2):
    return hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 128, 256, 512],
        stackwise_num_blocks=[blocks] * 4,
        stackwise_num_strides=[1, 2, 2, 2],
        block_type="basic_block",
    )


def small_segmenter(hub, classes):
    backbone = hub.models.DeepLabV3Backbone(
        image_encoder=resnet(hub, blocks=1),
        low_level_feature_key="P2",
        spatial_pyramid_pooling_key="P5",
        upsampling_size=8,
        dilation_rates=[6],
    )
    return hub.models.DeepLabV3ImageSegmenter(backbone, classes)


def test_a_resnet18_has_five_features(hub):
    model = backbones.resnet18("none")
    assert model.count_params() == 11_186_112  # as keras-hub counts resnet_18_imagenet
    assert [x.shape for x in model(IMAGE)] == [
        (1, 32, 32, 64), (1, 16, 16, 64), (1, 8, 8, 128), (1, 4, 4, 256), (1, 2, 2, 512),
    ]  # fmt: skip
    narrow = backbones.resnet18("none", filters=4)
    assert [x.shape[-1] for x in narrow(IMAGE)] == [64, 64, 8, 16, 32]


def test_the_resnet_unet_has_the_parameters_of_fastais(hub):
    """fastai's DynamicUnet has a first convolution for one channel, this one for three."""

    def convolution(a, b, side=3):
        return side * side * a * b + b

    encoder = 11_186_112 - 2 * 4800  # 4800 channels of batch normalization
    total = encoder + 2 * 512 + convolution(512, 1024) + convolution(1024, 512)
    channels = 512
    for skipped in (256, 128, 64, 64):
        half = channels // 2
        total += convolution(channels, 4 * half, 1) + 2 * skipped
        joined = half + skipped
        channels = joined if skipped != 64 or joined == 256 else joined // 2
        total += convolution(joined, channels) + convolution(channels, channels)
    total += convolution(96, 4 * 96, 1) + 2 * convolution(97, 97) + convolution(97, 2, 1)
    generator = build_colorizer(ResNetUNet(), 64)
    assert sum(np.prod(w.shape) for w in generator.trainable_weights) == total == 31_105_944


def test_a_resnet_unet_colors_and_can_be_saved(hub, tmp_path):
    generator = build_colorizer(ResNetUNet(filters=4), 32, dtype="mixed_bfloat16")
    y = np.asarray(generator(IMAGE[:, :32, :32, :1]))
    assert y.shape == (1, 32, 32, 2)
    generator.save(tmp_path / "g.keras")
    copy = keras.saving.load_model(tmp_path / "g.keras")
    np.testing.assert_array_equal(copy(IMAGE[:, :32, :32, :1]), y)


def test_a_preset_folder_of_a_resnet18(hub, tmp_path):
    saved = resnet(hub)
    saved.save_to_preset(str(tmp_path / "resnet18"))
    for path in (tmp_path, tmp_path / "resnet18"):
        loaded = backbones.resnet18(str(path))
        np.testing.assert_array_equal(loaded(IMAGE)[-1], saved(IMAGE))
    half = backbones.resnet18(str(tmp_path), dtype="mixed_bfloat16")
    assert half.get_layer("conv1_conv").compute_dtype == "bfloat16"


def test_another_resnet_is_refused(hub, tmp_path):
    resnet(hub, blocks=1).save_to_preset(str(tmp_path / "other"))
    with pytest.raises(NegcolorError, match=r"other cannot be used \(it is another ResNet\)"):
        backbones.resnet18(str(tmp_path / "other"))


def test_pretrained_weights_have_one_width(hub):
    with pytest.raises(NegcolorError, match="give --filters 64 or --backbone-weights none"):
        backbones.resnet18("keras", filters=32)


def test_a_preset_folder_of_a_deeplab(hub, tmp_path):
    saved = small_segmenter(hub, backbones.CLASSES)
    saved.save_to_preset(str(tmp_path / "deeplab"))
    loaded = backbones.deeplab(str(tmp_path))
    probabilities = np.asarray(loaded(IMAGE))
    assert probabilities.shape == (1, 64, 64, 21)
    np.testing.assert_allclose(probabilities, keras.ops.softmax(saved(IMAGE)), atol=1e-6)


def test_other_classes_are_refused(hub, tmp_path):
    small_segmenter(hub, 2).save_to_preset(str(tmp_path / "deeplab"))
    with pytest.raises(NegcolorError, match="it has 2 classes, not 21"):
        backbones.deeplab(str(tmp_path))


def test_a_deeplab_stays_frozen_in_a_file(hub, tmp_path, monkeypatch):
    segmenter = small_segmenter(hub, 21)
    model = keras.Model(segmenter.inputs[0], segmenter.outputs[0])
    monkeypatch.setattr(backbones, "deeplab", lambda weights: model)
    generator = build_colorizer(Koalarization(filters=8, inception=False), 32)
    generator.save(tmp_path / "g.keras")
    copy = keras.saving.load_model(tmp_path / "g.keras")
    assert [w.path for w in copy.trainable_weights] == [w.path for w in generator.trainable_weights]
    grey = IMAGE[:, :32, :32, :1]
    np.testing.assert_array_equal(copy(grey), generator(grey))


def test_without_keras_hub_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    for build in (backbones.resnet18, backbones.deeplab):
        with pytest.raises(NegcolorError, match=r"pip install 'negcolor\[colorization\]'"):
            build("none")


def refuse(*args, **kwargs):
    raise ConnectionError("no network\nand more")


def test_a_failed_download_is_one_sentence(hub, monkeypatch):
    monkeypatch.setattr(hub.models.ResNetBackbone, "from_preset", refuse)
    monkeypatch.setattr(hub.models.DeepLabV3ImageSegmenter, "from_preset", refuse)
    monkeypatch.setattr(keras.applications, "InceptionResNetV2", refuse)
    for build in (backbones.resnet18, backbones.deeplab, backbones.inception):
        with pytest.raises(NegcolorError) as caught:
            build("keras")
        assert "cannot be downloaded (no network); give --backbone-weights PATH" in str(
            caught.value
        )
        assert "--backbone-weights none" in str(caught.value)


def test_a_path_that_does_not_exist_is_named(hub, tmp_path):
    for build in (backbones.resnet18, backbones.deeplab, backbones.inception):
        with pytest.raises(NegcolorError, match=r"nosuch: there is no such file or folder"):
            build(str(tmp_path / "nosuch"))


def test_a_wrong_file_is_named(hub, tmp_path):
    file = tmp_path / "wrong.h5"
    file.write_text("text")
    for build, wanted in (
        (backbones.resnet18, "save_to_preset wrote of resnet_18_imagenet"),
        (backbones.deeplab, "save_to_preset wrote of deeplab_v3_plus_resnet50_pascalvoc"),
        (backbones.inception, "a weights file of Keras' InceptionResNetV2"),
    ):
        with pytest.raises(NegcolorError) as caught:
            build(str(file))
        assert str(caught.value).startswith(f"--backbone-weights {file} cannot be used (")
        assert wanted in str(caught.value)


def test_a_weights_file_of_an_inception_is_found_in_a_folder(monkeypatch, tmp_path):
    file = tmp_path / "inception.weights.h5"
    file.touch()
    asked = []
    monkeypatch.setattr(
        keras.applications, "InceptionResNetV2", lambda **options: asked.append(options)
    )
    for path in (tmp_path, file):
        backbones.inception(str(path))
    assert asked == [{"weights": str(file), "classifier_activation": None}] * 2
