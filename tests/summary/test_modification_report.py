"""Reports of the networks against the paper's Tables I and II, and receptive fields by gradient."""

import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import MODIFICATIONS, modification
from negcolor.networks import discriminator
from negcolor.networks.generator import build_generator
from negcolor.summary.architecture import LAYER_KINDS
from negcolor.summary.drawing import draw
from negcolor.summary.modification_report import (
    NOTES,
    all_reports,
    comparison_markdown,
    comparison_text,
    modification_report,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reports():
    """The reports of all modifications and variants, by key."""
    return all_reports()


def small(key, **changes):
    """A modification with few filters."""
    entry = modification(key)
    return dataclasses.replace(
        entry,
        generator=dataclasses.replace(entry.generator, filters=4),
        discriminator=dataclasses.replace(entry.discriminator, filters=4),
        **changes,
    )


def shapes(network, *names):
    by_name = {row.name: row.output_shape for row in network.layers}
    return [by_name[name] for name in names]


def test_there_is_a_report_of_each(reports):
    assert list(reports) == list(MODIFICATIONS)


def test_the_baseline_has_the_shapes_of_table_1(reports):
    names = ("Conv2d_1", "ReLU_1", "Conv2d_2", "Conv2d_3", "ResnetBlock_1", "ResnetBlock_9",
             "ConvTranspose2d_1", "ConvTranspose2d_2", "Conv2d_4", "Tanh")  # fmt: skip
    assert shapes(reports["0"].networks["generator"], *names) == [
        (256, 256, 64), (256, 256, 64), (128, 128, 128), (64, 64, 256), (64, 64, 256),
        (64, 64, 256), (128, 128, 128), (256, 256, 64), (256, 256, 3), (256, 256, 3),
    ]  # fmt: skip


def test_the_baseline_has_the_shapes_of_table_2(reports):
    names = (f"Conv2d_{number}" for number in range(1, 6))
    assert shapes(reports["0"].networks["discriminator"], *names) == [
        (128, 128, 64), (64, 64, 128), (32, 32, 256), (16, 16, 512), (16, 16, 1),
    ]  # fmt: skip


def test_shapes_are_those_of_an_image(reports):
    entry = small("3")
    report = modification_report(entry, 64)
    model = build_generator(entry.generator)
    layers = [layer.output for layer in model.layers[1:]]
    outputs = keras.Model(model.input, layers)(np.zeros((1, 64, 64, 3), np.float32))
    assert [row.output_shape for row in report.networks["generator"].layers] == [
        x.shape[1:] for x in outputs
    ]


@pytest.mark.parametrize("key", MODIFICATIONS)
def test_layers_add_up(reports, key):
    for network in reports[key].networks.values():
        assert network.parameters == sum(row.parameters for row in network.layers)
        assert len({row.name for row in network.layers}) == len(network.layers)


@pytest.mark.parametrize("key", MODIFICATIONS)
def test_images_keep_their_size(reports, key):
    assert reports[key].networks["generator"].layers[-1].output_shape == (256, 256, 3)


def test_modifications_1_and_4_have_equal_parameter_counts(reports):
    zeroth, first, fourth = (
        {name: network.parameters for name, network in reports[key].networks.items()}
        for key in ("0", "1", "4")
    )
    assert first == fourth
    extra_blocks = 3 * 1_180_672
    assert first["generator"] == zeroth["generator"] + extra_blocks


def test_only_running_statistics_and_spectral_vectors_are_untrained(reports):
    untrained = {
        (key, name): network.untrained_parameters
        for key, report in reports.items()
        for name, network in report.networks.items()
        if network.untrained_parameters
    }
    # A mean and a variance per channel of five norms and of two in each of nine blocks.
    statistics = 2 * (64 + 128 + 256 + 128 + 64 + 9 * 2 * 256)
    vectors = 64 + 128 + 256 + 512 + 1  # one u per convolution
    assert untrained == {
        ("7", "generator"): statistics,
        ("spectral-norm", "discriminator"): vectors,
    }


@pytest.mark.parametrize("key", MODIFICATIONS)
def test_residual_blocks_and_convolutions_are_counted(reports, key):
    report = reports[key]
    blocks = modification(key).generator.residual_blocks
    convolutions = len(modification(key).discriminator.convolutions) + 1
    assert report.networks["generator"].counts()["residual block"] == blocks
    assert report.networks["discriminator"].counts() == {"convolution": convolutions}


def test_the_baseline_has_fifteen_layers(reports):
    assert reports["0"].networks["generator"].counts() == {
        "convolution": 4, "residual block": 9, "transposed convolution": 2,
    }  # fmt: skip


def positions_seen(config, side):
    """Rows and columns of a square input that one central output depends on, by its gradient.

    Kernels are made positive, so that no two paths through the network cancel.
    """
    model = discriminator.build_discriminator(dataclasses.replace(config, filters=2))
    for weight in model.trainable_weights:
        weight.assign(keras.ops.abs(weight) + 0.1)
    image = tf.ones((1, side, side, 3))
    with tf.GradientTape() as tape:
        tape.watch(image)
        logits = model(image)
        middle = logits[0, logits.shape[1] // 2, logits.shape[2] // 2, 0]
    seen = np.abs(tape.gradient(middle, image)[0].numpy()).sum(axis=-1) > 0
    return np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))


@pytest.mark.parametrize(
    ("key", "side"),
    [("patch-34", 34), ("patch-70", 70), ("patch-128", 128), ("0", 95), ("1", 143), ("6", 47)],
)
def test_receptive_fields_are_what_the_gradient_reaches(monkeypatch, key, side):
    # An instance norm's statistics let every output see the whole image a little; the
    # receptive field is that of the convolutions.
    monkeypatch.setattr(
        discriminator, "normalization", lambda kind, **kwargs: keras.layers.Identity(**kwargs)
    )
    config = modification(key).discriminator
    rows, columns = positions_seen(config, 320)
    for seen in (rows, columns):
        assert 0 < seen[0] <= seen[-1] < 319, "the patch must lie inside the picture"
        assert len(seen) == seen[-1] - seen[0] + 1 == side
    assert config.receptive_field == side


@pytest.mark.parametrize("size", [250, 30, 28, 0, -4])
def test_image_sizes_that_do_not_fit_are_refused(size):
    with pytest.raises(NegcolorError, match=f"--image-size {size} .*multiple of 4"):
        modification_report(modification(0), size)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_one_network_alone(network):
    report = modification_report(small("0"), 32, network)
    assert list(report.networks) == [network]
    assert {"generator", "discriminator"} & set(report.to_json()) == {network}
    other = {"generator": "Discriminator for", "discriminator": "Generator for"}[network]
    assert other not in report.to_text()
    assert f"{network.capitalize()} for" in report.to_text()


def test_json_of_a_modification_survives_its_encoding(reports):
    result = json.loads(json.dumps(reports["4"].to_json()))
    assert result["modification"] == "4"
    assert result["name"] == "modification 4"
    assert result["differences"] == {
        "generator": {"residual_blocks": 12, "residual_order": "pre"},
        "discriminator": {"convolutions": [[5, 2], [4, 2], [4, 2], [4, 2], [4, 1]]},
    }
    assert result["paper"]["counts"] == {
        "generator_layers": 12,
        "generator_parameters_millions": 3.5,
        "discriminator_convolutions": 5,
    }
    assert result["discriminator"]["receptive_field"] == 143
    assert "receptive_field" not in result["generator"]


def test_json_of_a_variant_has_no_counts_of_the_paper(reports):
    assert reports["patch-34"].to_json()["paper"]["counts"] is None


@pytest.mark.parametrize("render", ["to_text", "to_markdown"])
def test_a_report_says_everything(reports, render):
    text = " ".join(getattr(reports["4"], render)().split())
    for expected in (
        "modification 4", "optimized residual blocks", "residual_order", "pre", "post",
        "5/2 4/2 4/2 4/2 4/1", "ResnetBlock_12", "1,180,672", "64×64×256", "15,499,523",
        "Receptive field: 143×143 pixels.", "3.5 M", "5 hidden + 1 output", *NOTES,
    ):  # fmt: skip
        assert expected in text


@pytest.mark.parametrize("key", MODIFICATIONS)
def test_text_fits_its_columns_and_loses_nothing(reports, key):
    text = reports[key].to_text()
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text


def test_the_comparison_fits_its_columns_and_loses_nothing(reports):
    text = comparison_text(reports)
    assert max(map(len, text.splitlines())) <= 130
    assert "…" not in text


def test_the_comparison_has_a_row_for_each(reports):
    lines = comparison_markdown(reports).splitlines()
    keys = [line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")]
    expected = list(MODIFICATIONS)
    first = expected.index("patch-34")
    assert keys == ["key", "---", *expected[:first], "key", "---", *expected[first:]]
    assert (
        "| 4 | generator: residual_blocks=12, residual_order=pre; discriminator: "
        "convolutions=5/2 4/2 4/2 4/2 4/1 | 12 | 15,499,523 | 6,964,097 | 143 | "
        "12 layers, 3.5 M, 5 conv. |" in lines
    )
    columns = {line.count(" | ") for line in lines[: first + 4] if line.startswith("| ")}
    assert columns == {6}


def test_a_numbered_modification_without_counts_is_no_variant(reports, monkeypatch):
    monkeypatch.setitem(MODIFICATIONS, "4", dataclasses.replace(modification("4"), paper=None))
    text = comparison_markdown(reports)
    numbered, variants = text.split("### Named variants")
    assert "| 4 |" in numbered
    assert "| 4 |" not in variants
    assert "| 15,499,523 | 6,964,097 | 143 | – |" in numbered
    sentence = modification_report(small("4", paper=None), 32).to_text()
    assert "The paper states no counts." in sentence


def test_every_layer_that_is_no_norm_and_has_weights_has_a_kind(reports):
    with_weights = {
        row.type
        for report in reports.values()
        for network in report.networks.values()
        for row in network.layers
        if row.parameters and "Normalization" not in row.type
    }
    assert with_weights <= set(LAYER_KINDS)
    assert "ResidualBlock" in with_weights


@pytest.mark.parametrize("key", ["0", "3", "5", "8", "13", "spectral-norm"])
def test_a_drawing_shows_its_blocks(key):
    image = draw(modification_report(small(key), 64))
    height, width, channels = image.shape
    assert (image.dtype, channels) == (np.uint8, 3)
    assert height > 600
    assert width > 1200
    residual_blocks = (image == (0xE3, 0xA0, 0x6B)).all(axis=-1)
    assert residual_blocks.mean() > 0.01
    ink = np.flatnonzero((image < 128).any(axis=(0, 2)))
    assert ink[0] < 0.1 * width  # the blocks fill the image
    assert ink[-1] > 0.9 * width


def test_a_drawing_of_skip_connections_differs_from_one_without():
    with_skips = draw(modification_report(small("skip-connections"), 64, "generator"))
    arrows = (with_skips == (0xA0, 0x8A, 0x2C)).all(axis=-1)
    assert arrows.any(axis=0).sum() > 0.5 * with_skips.shape[1]
