"""What negcolor-train refuses, each in one sentence; that no command's help needs TensorFlow."""

import shutil
import subprocess
import sys

import pytest

from negcolor.cli.train import main


@pytest.mark.slow
def test_a_mistake_is_found_before_tensorflow_is_loaded(command, complaints, tmp_path):
    result = command("negcolor-train", "--modification", "twenty", cwd=tmp_path)
    assert result.returncode == 2
    (complaint,) = complaints(result.stderr)
    assert "identity-loss" in complaint
    assert result.stderr.count("\n") == 1  # TensorFlow has more to say
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--image-size", 130), "--image-size 130 does not fit the networks; give a multiple of 4"),
        (("--recipe", "adapt"), "--recipe adapt needs"),
        (("--recipe", "supervised"), "say with --pretrain-steps for how many steps"),
        (("--resume", "."), ". is not a run of negcolor-train"),
        (("--resume", ".", "--quick"), "leave --quick and --output out"),
        (("--backbone-weights", "none"), "--backbone-weights does not go with a modification"),
        (("--system", "unet"), "there is no system 'unet'; choose one of unet-gan, attention-"),
        (("--system", "unet-gan", "--prior", "density"), "--prior does not go with a system"),
        (("--system", "unet-gan", "--modification", 4), "--modification does not go with a system"),
        (("--system", "archaeology-gan", "--epochs", 3), "--epochs 3 is too small; give 4 or more"),
    ],
)
def test_what_is_mistaken_is_one_sentence(
    call_main, complaints, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)
    code, _, stderr = call_main(main, "negcolor-train", *arguments)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("missing", "--data missing is no folder"),
        (".", "trainA does not exist"),
        ("no_color", "trainB has no pictures"),
        ("tfds:no_such_dataset", "tfds:no_such_dataset is unknown"),
    ],
)
def test_data_that_is_not_there_makes_no_run(
    call_main, complaints, roll, tmp_path, monkeypatch, data, sentence
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(roll / "trainA", tmp_path / "no_color" / "trainA")
    (tmp_path / "no_color" / "trainB").mkdir()
    code, _, stderr = call_main(main, "negcolor-train", "--data", data, "--output", "run")
    assert code == 2
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_an_unreadable_image_is_named(command, complaints, roll, tmp_path):
    data = shutil.copytree(roll, tmp_path / "data")
    (data / "trainB" / "broken.png").write_bytes(b"no picture")
    result = command(
        "negcolor-train",
        *("--data", data, "--output", tmp_path / "run", "--pretrain-steps", 4),
        *("--image-size", 32, "--filters", 2),
    )
    assert result.returncode == 2
    (complaint,) = complaints(result.stderr)
    assert str(data / "trainB" / "broken.png") in complaint


def test_a_folder_that_cannot_be_made(call_main, complaints, roll):
    output = roll / "trainA" / "0.png" / "run"
    code, _, stderr = call_main(main, "negcolor-train", "--data", roll, "--output", output)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert f"{output} cannot be written (Not a directory)" in complaint


COMMANDS = ["ablate", "adapt", "colorize", "evaluate", "export", "simulate", "summary", "train"]


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_help_does_not_import_tensorflow(name):
    code = (
        f"import sys; sys.argv = ['negcolor-{name}', '--help']\n"
        f"import negcolor; dir(negcolor)\n"
        f"from negcolor.cli.{name} import main\n"
        "try:\n    main()\n"
        "finally:\n    print({'tensorflow', 'keras'} & set(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0
    assert f"Usage: negcolor-{name}" in result.stdout
    assert result.stderr == "set()\n"
