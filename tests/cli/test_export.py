"""negcolor-export: what it prints, and mistakes."""

import subprocess
import sys

import keras
import pytest

from negcolor.cli.export import main
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.experiments.run_folder import create_run
from negcolor.networks.generator import build_generator


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of one epoch with a small generator of one direction."""
    folder = tmp_path_factory.mktemp("run")
    create_run(folder, CycleGANConfig())
    (folder / "history.csv").write_text("epoch,generator G\n1,4.5\n")
    keras.utils.set_random_seed(0)
    network = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    network.save(folder / "generator_g.keras")
    return folder


def test_a_run_is_exported_once(run, call_main, complaints, tree, tmp_path):
    arguments = ["negcolor-export", run, "--output", tmp_path / "mine", "--version", 3]
    code, stdout, stderr = call_main(main, *arguments)
    assert (code, complaints(stderr)) == (0, [])
    assert f"Wrote {tmp_path / 'mine' / '3'}" in stdout
    before = tree(tmp_path)
    assert {"mine/3/saved_model.pb", "mine/3/MODEL_CARD.md"} < before.keys()

    code, _, stderr = call_main(main, *arguments)
    assert code == 2
    (complaint,) = complaints(stderr)
    assert "mine/3 exists already: give another --version" in complaint
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("missing",), "missing does not exist: name a run folder"),
        (("missing.keras",), "missing.keras does not exist"),
        (("empty",), "generator_g.keras does not exist"),
        (("RUN", "--direction", "color-to-negative"), "generator_f.keras does not exist"),
        (("RUN", "--version", "0"), "--version 0 is none"),
        (("RUN", "--output", "file/mine"), "file/mine/1 cannot be written (Not a directory)"),
        (("file",), "file: this is not a generator"),
        (("bare",), "bare lacks a readable config.json"),
    ],
)
def test_mistakes_write_nothing(
    run, call_main, complaints, tree, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "bare"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bare" / "generator_g.keras").write_bytes((run / "generator_g.keras").read_bytes())
    (tmp_path / "file").write_text("no model")
    before = tree(tmp_path)
    given = [str(run) if argument == "RUN" else argument for argument in arguments]
    if "--output" not in given:
        given += ["--output", "mine"]
    code, stdout, stderr = call_main(main, "negcolor-export", *given)
    assert (code, stdout) == (2, "")
    (complaint,) = complaints(stderr)
    assert sentence in complaint
    assert tree(tmp_path) == before
    assert not (tmp_path / "mine").exists()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["missing", "--output", "mine"]])
def test_help_and_simple_mistakes_do_not_import_tensorflow(arguments, tmp_path):
    code = (
        f"import sys; sys.argv = ['negcolor-export', *{arguments}]\n"
        "from negcolor.cli.export import main\n"
        "try:\n    main()\n"
        "finally:\n    print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == (0 if arguments == ["--help"] else 2)
    assert result.stdout.splitlines()[-1] == "set()"
