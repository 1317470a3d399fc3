"""negcolor-summary: what it prints and draws, and mistakes."""

import json
import subprocess
import sys

import pytest

from negcolor.cli.summary import main
from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.images import io


@pytest.fixture
def summary(call_main, complaints):
    """Runs the command in this process: exit code, standard output, its own complaints."""

    def call(*arguments):
        code, stdout, stderr = call_main(main, "negcolor-summary", *arguments)
        return code, stdout, complaints(stderr)

    return call


def parameters(network):
    return {layer["name"]: layer["parameters"] for layer in network["layers"]}


def test_the_baseline_has_the_parameters_of_tables_1_and_2(summary):
    code, stdout, _ = summary("--modification", 0, "--format", "json")
    assert code == 0
    report = json.loads(stdout)
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


@pytest.mark.slow  # builds every network
def test_all_lists_every_modification_as_json(summary):
    code, stdout, _ = summary("--all", "--format", "json", "--image-size", 32)
    assert code == 0
    reports = json.loads(stdout)
    assert [report["modification"] for report in reports] == list(MODIFICATIONS)
    assert reports[0]["generator"]["layers"][-1]["output_shape"] == [32, 32, 3]


def test_a_plot_is_written_once_and_never_over_a_file(summary, tmp_path):
    file = tmp_path / "networks.png"
    arguments = ("--modification", "patch-34", "--network", "discriminator", "--plot", file)
    code, stdout, _ = summary(*arguments, "--format", "markdown")
    assert code == 0
    assert stdout.startswith("## patch-34: patch 34x34\n")
    assert io.read(file).std() > 10

    before = file.read_bytes()
    code, stdout, (complaint,) = summary(*arguments)
    assert (code, stdout) == (2, "")
    assert f"{file} exists already" in complaint
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
        (
            ("--system", "unet-gan", "--image-size", 100),
            "--image-size 100 does not fit the networks of this system; give a multiple of 32.",
        ),
    ],
)
def test_bad_options_are_one_sentence(summary, arguments, sentence):
    assert summary(*arguments) == (2, "", [f"negcolor-summary: {sentence}"])


@pytest.mark.parametrize(
    ("option", "name", "choice"),
    [("--modification", "nosuch", "patch-128"), ("--system", "nosuch", "wgan-gp")],
)
def test_an_unknown_name_lists_the_choices(summary, option, name, choice):
    code, stdout, (complaint,) = summary(option, name)
    assert (code, stdout) == (2, "")
    what = option.removeprefix("--")
    assert complaint.startswith(f"negcolor-summary: there is no {what} {name!r}; choose")
    assert choice in complaint


def test_a_system_has_the_size_of_its_paper(summary):
    code, stdout, _ = summary("--system", "archaeology-gan", "--format", "json")
    assert code == 0
    report = json.loads(stdout)
    assert (report["system"], report["image_size"]) == ("archaeology-gan", 128)
    assert report["generator"]["parameters"] == 10_868_866


def test_one_network_of_a_system_as_markdown(summary):
    arguments = ("--system", "unet-gan", "--network", "discriminator", "--format", "markdown")
    code, stdout, _ = summary(*arguments)
    assert code == 0
    assert stdout.startswith("## unet-gan: conditional GAN")
    assert "| Conv2d_5 | Conv2D | 30×30×1 | 8,193 |" in stdout
    assert "Generator for" not in stdout


@pytest.mark.slow
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
