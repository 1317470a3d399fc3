"""negcolor-summary as it is installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.images import io

COMMAND = Path(sys.executable).with_name("negcolor-summary")


def summary(*arguments):
    return subprocess.run(
        [COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def parameters(network):
    return {layer["name"]: layer["parameters"] for layer in network["layers"]}


def test_the_baseline_has_the_parameters_of_tables_1_and_2():
    result = summary("--modification", 0, "--format", "json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert list(report) == [
        "modification", "name", "differences", "paper", "generator", "discriminator",
    ]  # fmt: skip
    assert (report["modification"], report["name"], report["differences"]) == ("0", "baseline", {})
    assert set(report["generator"]) == {"parameters", "layers"}
    assert set(report["discriminator"]) == {"parameters", "layers", "receptive_field"}
    assert report["generator"]["layers"][0] == {
        "name": "Conv2d_1",
        "type": "ReflectionConv2D",
        "output_shape": [256, 256, 64],
        "parameters": 9472,
    }

    generator = parameters(report["generator"])
    assert [generator[f"Conv2d_{n}"] for n in (1, 2, 3)] == [9472, 131200, 524544]
    blocks = {name: count for name, count in generator.items() if "Resnet" in name}
    assert blocks == {f"ResnetBlock_{n}": 1180672 for n in range(1, 10)}

    discriminator = parameters(report["discriminator"])
    assert {name: count for name, count in discriminator.items() if count} == {
        "Conv2d_1": 4864,
        "Conv2d_2": 131200,
        "Norm_1": 256,
        "Conv2d_3": 524544,
        "Norm_2": 512,
        "Conv2d_4": 2097664,
        "Norm_3": 1024,
        "Conv2d_5": 8193,
    }
    assert report["discriminator"]["receptive_field"] == 95


def test_all_lists_every_modification_as_json():
    result = summary("--all", "--format", "json", "--image-size", 32)
    assert result.returncode == 0, result.stderr
    reports = json.loads(result.stdout)
    assert [report["modification"] for report in reports] == list(MODIFICATIONS)
    assert reports[0]["generator"]["layers"][-1]["output_shape"] == [32, 32, 3]


def test_a_plot_is_written_once_and_never_over_a_file(tmp_path):
    file = tmp_path / "networks.png"
    arguments = ("--modification", "patch-34", "--network", "discriminator", "--plot", file)
    result = summary(*arguments, "--format", "markdown")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("## patch-34: patch 34x34\n")
    assert io.read(file).std() > 10

    before = file.read_bytes()
    again = summary(*arguments)
    assert again.returncode == 2
    assert again.stdout == ""
    assert f"{file} exists already" in again.stderr.splitlines()[-1]
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "give one of --modification N|NAME, --system NAME and --all."),
        (
            ("--all", "--modification", "1"),
            "give one of --modification N|NAME, --system NAME and --all.",
        ),
        (
            ("--system", "unet-gan", "--modification", "1"),
            "give one of --modification N|NAME, --system NAME and --all.",
        ),
        (
            ("--system", "unet-gan", "--plot", "new.png"),
            "--plot draws modifications; leave it out with --system.",
        ),
        (
            ("--all", "--network", "generator"),
            "--all compares whole modifications; leave out --plot and --network.",
        ),
        (
            ("--modification", "1", "--image-size", "250"),
            "--image-size 250 does not fit the networks; give a multiple of 4 from 32 on.",
        ),
    ],
)
def test_bad_options_are_one_sentence(arguments, sentence):
    result = summary(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"negcolor-summary: {sentence}\n"


def test_an_unknown_modification_lists_the_choices():
    result = summary("--modification", "20")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("negcolor-summary: there is no modification '20'; choose")
    assert result.stderr.count("\n") == 1
    assert "patch-128" in result.stderr


def test_a_system_has_the_size_of_its_paper():
    result = summary("--system", "archaeology-gan", "--format", "json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["system"], report["image_size"]) == ("archaeology-gan", 128)
    assert report["generator"]["parameters"] == 10_868_866


def test_one_network_of_a_system_as_markdown():
    result = summary("--system", "unet-gan", "--network", "discriminator", "--format", "markdown")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("## unet-gan: conditional GAN")
    assert "| Conv2d_5 | Conv2D | 30×30×1 | 8,193 |" in result.stdout
    assert "Generator for" not in result.stdout


def test_an_unknown_system_lists_the_choices():
    result = summary("--system", "nosuch")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("negcolor-summary: there is no system 'nosuch'; choose one of")
    assert result.stderr.count("\n") == 1


def test_a_size_that_does_not_fit_a_system_is_refused():
    result = summary("--system", "unet-gan", "--image-size", 100)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == (
        "negcolor-summary: --image-size 100 does not fit the networks of this system; give a "
        "multiple of 32."
    )


def test_help_does_not_load_tensorflow():
    program = (
        "import sys\n"
        "from negcolor.cli.summary import main\n"
        "sys.argv = ['negcolor-summary', '--help']\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "--image-size" in result.stdout
    assert result.stdout.splitlines()[-1] == "[]"
