"""negcolor-evaluate: its report, what it leaves out, and mistakes."""

import json
import re
import subprocess
import sys

import keras
import numpy as np
import pytest

from negcolor.cli.evaluate import main
from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError
from negcolor.evaluation import set_metrics
from negcolor.evaluation.metrics import compare
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.images.color import to_unit
from negcolor.images.io import read, write
from negcolor.inference.models import load_converter
from negcolor.networks.generator import build_generator
from negcolor.serving.export import export_model

NAME = "negcolor-evaluate"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A run folder with nothing but a small generator."""
    keras.utils.set_random_seed(2)
    folder = tmp_path_factory.mktemp("models") / "run"
    folder.mkdir()
    generator = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
    generator.save(folder / "generator_g.keras")
    return folder


@pytest.fixture
def bench(tmp_path):
    """Three pairs; the names of the second one need other letters."""
    folder = tmp_path / "bench"
    entries = []
    for number, name in enumerate(["1", "Grüße 猫", "3"]):
        truth = np.random.default_rng(number).integers(0, 256, (13, 18, 3), dtype="uint8")
        write(folder / "testA" / f"{name}.png", 255 - truth)
        write(folder / "truthA" / f"{name}.tif", truth)
        entries.append({"file": f"{name}.png", "stock": "gold", "exposure_stops": number - 1})
    (folder / "manifest.json").write_text(json.dumps({"pictures": entries}))
    return folder


@pytest.fixture(autouse=True)
def no_inception(monkeypatch):
    """Neither weights nor a network to download them from."""

    def load(weights):
        raise NegcolorError(f"no weights in {weights}.")

    monkeypatch.setattr(set_metrics, "load_inception", load)


def test_two_models_and_all_classical_converters(bench, model, call_main, complaints, tmp_path):
    exported = export_model(model / "generator_g.keras", tmp_path / "served", version=2)
    output = tmp_path / "out" / "report"
    code, stdout, stderr = call_main(
        main,
        NAME,
        *("--model", model, "--model", exported.parent, "--classical", "all"),
        *("--data", bench, "--output", output),
    )
    assert (code, complaints(stderr)) == (0, [])
    assert f"Wrote {output / 'report.html'}" in stdout
    assert "FID, KID and Inception Score are left out: no weights in None." in stdout

    report = json.loads((output / "report.json").read_text())
    assert list(report["methods"]) == ["run", "served", *CLASSICAL]
    assert {method["pictures"] for method in report["methods"].values()} == {3}
    converter = load_converter(model)
    deltas = []
    for truth in (bench / "truthA").iterdir():
        pair = read(bench / "testA" / f"{truth.stem}.png"), read(truth)
        negative, wanted = map(to_unit, pair)
        deltas.append(compare(converter.run(negative), wanted).delta_e)
    for name in ("run", "served"):
        mean = report["methods"][name]["metrics"]["delta_e"]["mean"]
        assert mean == pytest.approx(np.mean(deltas), rel=1e-3)
    assert [group["value"] for group in report["groups"]["exposure_stops"]] == [-1, 0, 1]
    assert "Grüße 猫.png" in (output / "report.html").read_text()
    assert len((output / "pictures.csv").read_text().splitlines()) == 1 + 3 * (2 + len(CLASSICAL))


def test_without_output_there_is_a_table_only(bench, call_main, tree):
    before = tree(bench.parent)
    code, stdout, _ = call_main(main, NAME, "--classical", "plain-inversion", "--data", bench)
    assert code == 0
    assert re.search(r"plain-in.* 0\.00 ", stdout)
    assert tree(bench.parent) == before


def test_broken_images_are_left_out(bench, call_main, complaints, tmp_path):
    (bench / "testA" / "1.png").write_bytes(b"no picture")
    write(bench / "truthA" / "3.tif", np.zeros((9, 9, 3), "uint8"), overwrite=True)
    code, _, stderr = call_main(
        main, NAME, "--classical", "all", "--data", bench, "--output", tmp_path / "report"
    )
    assert code == 2
    broken, differing = complaints(stderr)
    assert str(bench / "testA" / "1.png") in broken
    assert "3.tif differ in size (18x13 and 9x9 pixels)" in differing
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["pictures"] == 1
    assert len(report["left_out"]) == 2


def test_without_truths_results_are_shown(bench, call_main, tmp_path):
    (bench / "truthA").rename(bench / "testB")
    code, stdout, stderr = call_main(
        main, NAME, "--classical", "negfix8", "--data", bench, "--output", tmp_path / "report"
    )
    assert code == 0, stderr
    assert "PSNR" not in stdout
    assert "whose truths are not known" in (tmp_path / "report" / "report.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "give --model, --classical, or both"),
        (
            ("--classical", "nosuch"),
            "there is no classical converter 'nosuch'; choose one of all, plain-",
        ),
        (("--model", "missing"), "missing: there is no generator here"),
        (("--model", "BENCH/manifest.json"), "manifest.json: this is not a generator"),
        (("--classical", "all", "--inception-weights", "x"), "no weights in x."),
        (("--classical", "all", "--output", "BENCH"), "bench exists already: choose another"),
        (("--classical", "all", "--data", "missing"), "--data missing is no folder"),
        (("--classical", "all", "--data", "BENCH/testA"), "testA has neither truthA nor testB"),
        (("--classical", "all", "--data", "LACKING"), "lacks the truths of 1 of 1 pictures"),
        (("--classical", "all", "--data", "BROKEN"), "could be evaluated"),
    ],
)
def test_mistakes_write_nothing(
    bench, call_main, complaints, tree, tmp_path, monkeypatch, arguments, sentence
):
    monkeypatch.chdir(tmp_path)
    pixels = np.zeros((4, 4, 3), "uint8")
    for name, truth in (("lacking", "2.png"), ("broken", "1.png")):
        write(tmp_path / name / "testA" / "1.png", pixels)
        write(tmp_path / name / "truthA" / truth, pixels)
    (tmp_path / "broken" / "truthA" / "1.png").write_bytes(b"no picture")
    before = tree(tmp_path)
    names = {"BENCH": str(bench), "LACKING": "lacking", "BROKEN": "broken"}
    given = [re.sub("^[A-Z]+", lambda found: names[found[0]], each) for each in arguments]
    for option, value in (("--data", bench), ("--output", "report")):
        if option not in given:
            given += [option, value]
    code, _, stderr = call_main(main, NAME, *given)
    assert code == 2
    assert sentence in complaints(stderr)[-1]
    assert tree(tmp_path) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--data", "missing", "--classical", "all"], ["--data", ".", "--output", "."]],
)
def test_help_and_simple_mistakes_do_not_import_tensorflow(arguments, tmp_path):
    code = (
        f"import sys; sys.argv = ['{NAME}', *{arguments}]\n"
        "from negcolor.cli.evaluate import main\n"
        "try:\n    main()\n"
        "finally:\n    print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == (0 if arguments == ["--help"] else 2)
    assert result.stdout.splitlines()[-1] == "set()"
