"""Reports of the systems' networks beside what the papers state."""

import json

import pytest

from negcolor.experiments.systems import find_system
from negcolor.summary.system_report import system_report


@pytest.fixture(scope="module")
def reports():
    names = ("unet-gan", "grey-cyclegan", "archaeology-gan", "archaeology-cnn")
    return {name: system_report(find_system(name)) for name in names}


def statements(report):
    return {row["what"]: (row["negcolor"], row["paper"]) for row in report.to_json()["statements"]}


def test_the_papers_statements_stand_beside_what_was_built(reports):
    assert statements(reports["unet-gan"]) == {
        "logits of 256×256 pixels": ("30×30", "30×30 of 256×256 (001)"),
        "pixels that a logit sees": ("70×70", "70×70 (001, 002)"),
    }
    assert statements(reports["archaeology-gan"]) == {
        "generator's parameters": ("10,864,002 trained", "roughly 11,000,000 (004, 5.1)"),
        "discriminator's parameters": ("6,926,785 trained", "7,000,000 (004, 5.2)"),
    }
    assert statements(reports["archaeology-cnn"]) == {
        "generator's parameters": ("209,026 trained", "about 210,000 (004, 6)")
    }


@pytest.mark.slow  # builds networks of a hundred million parameters
def test_pretrained_networks_are_one_row_each():
    """Parameters as keras-hub and Keras count them, keras-hub's without the 21 classes' kernel."""
    pytest.importorskip("keras_hub")
    report = system_report(find_system("inception-gan"), network="generator")
    rows = {row.name: row for row in report.networks["generator"].layers}
    assert rows["DeepLabV3"].parameters == 39_190_656 + 256 * 21
    assert rows["DeepLabV3"].output_shape == (256, 256, 21)
    assert rows["InceptionResNetV2"].parameters == 55_873_736
    assert rows["InceptionResNetV2"].output_shape == (1000,)
    assert report.networks["generator"].untrained_parameters == 39_196_032 + 55_873_736
    assert len(rows) < 30
    assert statements(report)["features and embedding"] == (
        "32×32×1256",  # 256 + 1000
        "H/8×W/8×1257 (003, 5.3.4)",
    )


def test_the_resnet_is_one_row():
    pytest.importorskip("keras_hub")
    report = system_report(find_system("resnet18-unet-gan"), 64, "generator")
    (row,) = (row for row in report.networks["generator"].layers if row.name == "resnet18")
    assert (row.output_shape, row.parameters) == ((2, 2, 512), 11_186_112)


def test_a_cyclegans_networks_are_those_of_color(reports):
    report = reports["grey-cyclegan"]
    assert report.networks["generator"].layers[-1].output_shape == (256, 256, 3)
    assert report.networks["discriminator"].layers[0].output_shape == (258, 258, 3)


def test_sizes_and_networks_can_be_chosen():
    report = system_report(find_system("unet-gan"), 64, "discriminator")
    assert list(report.networks) == ["discriminator"]
    assert report.networks["discriminator"].layers[-1].output_shape == (6, 6, 1)
    assert system_report(find_system("archaeology-cnn")).image_size == 128
    assert list(system_report(find_system("archaeology-cnn")).networks) == ["generator"]


@pytest.mark.parametrize("name", ["unet-gan", "archaeology-gan", "archaeology-cnn"])
def test_layers_add_up(reports, name):
    for network in reports[name].networks.values():
        assert network.parameters == sum(row.parameters for row in network.layers)


@pytest.mark.parametrize("render", ["to_text", "to_markdown"])
def test_a_report_says_everything(reports, render):
    text = " ".join(getattr(reports["archaeology-gan"], render)().split())
    for expected in (
        "archaeology-gan", "against one verdict per picture", "128×128×64", "4,194,816",
        "Parameters: 10,868,866, of which 4,864 are not trained.", "roughly 11,000,000",
        *find_system("archaeology-gan").assumptions,
    ):  # fmt: skip
        assert expected in text


def test_text_fits_its_columns_and_loses_nothing(reports):
    for report in reports.values():
        text = report.to_text()
        assert max(map(len, text.splitlines())) <= 100
        assert "…" not in text


def test_json_survives_its_encoding(reports):
    result = json.loads(json.dumps(reports["unet-gan"].to_json()))
    assert (result["system"], result["image_size"]) == ("unet-gan", 256)
    assert result["papers"] == ["001", "002"]
    assert result["discriminator"]["receptive_field"] == 70
    assert result["generator"]["layers"][-1]["output_shape"] == [256, 256, 2]
