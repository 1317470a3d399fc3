"""Where an exported model goes, what its card says, and what happens when it cannot be written."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.experiments.run_folder import create_run, write_metrics
from negcolor.inference.api import colorize
from negcolor.networks.generator import build_generator
from negcolor.serving import model_card, warm_up
from negcolor.serving.export import CARD, Direction, export_model
from pipelines import demo_roll

SCAN = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype="uint8")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with two different generators."""
    folder = tmp_path_factory.mktemp("somebody") / "run"
    config = CycleGANConfig(
        "4", "/home/somebody/roll 7", epochs=3, filters=4, pretrain_steps=12, seed=5
    )
    create_run(folder, config)
    header = 'epoch,generator G,discriminator X,"learning rate X, Y"'
    (folder / "history.csv").write_text(f"{header}\n1,4.5,0.7,1e-4\n2,3.25,0.625,1e-4\n")
    for seed, name in enumerate("gf"):
        keras.utils.set_random_seed(seed)
        network = build_generator(GeneratorConfig(filters=4, residual_blocks=1))
        network.save(folder / f"generator_{name}.keras")
    return folder


def serve(folder):
    signature = tf.saved_model.load(str(folder)).signatures["serve_uint8"]
    return signature(image=tf.constant(SCAN[None]))["image"].numpy()[0]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_versions_and_directions_lie_side_by_side(run, tmp_path):
    output = tmp_path / "saved_models" / "mine"
    first = export_model(run, output)
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    second = export_model(run, output, version=2, direction=Direction.COLOR_TO_NEGATIVE)
    assert (first, second) == (output / "1", output / "2")
    assert names(output) == ["1", "2"]
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before
    for folder, generator in [(first, "generator_g.keras"), (second, "generator_f.keras")]:
        difference = serve(folder).astype(int) - colorize(SCAN, run / generator)
        assert np.abs(difference).max() <= 1
    assert np.abs(serve(first).astype(int) - serve(second)).max() > 1
    assert "| direction | negative to color |" in (first / CARD).read_text()
    assert "| direction | color to negative |" in (second / CARD).read_text()


def test_the_card_of_a_run(run, tmp_path):
    card = (export_model(run, tmp_path / "mine", version=7) / CARD).read_text()
    parameters = keras.saving.load_model(run / "generator_g.keras").count_params()
    for text in [
        "# mine, version 7",
        "| modification | modification 4: optimized residual blocks",
        "residual_blocks = 12",
        "filters = 4",
        f"{parameters:,}",
        "start, 12 steps on simulated pairs",
        "cyclegan, 3 epochs on unpaired pictures",
        "done up to epoch 2 of the last phase",
        "| training data | roll 7 |",
        "| license of the training data | not recorded",
        "| 3.250 | 0.625 |",
        keras.__version__,
        tf.__version__,
        *("serving_default", "serve_uint8", "serve_uint16", "serve_image_bytes"),
    ]:
        assert text in card
    assert "somebody" not in card
    assert "learning rate" not in card


def test_the_card_shows_figures_of_generator_g_where_the_run_has_them(run, tmp_path):
    (tmp_path / "run").mkdir()
    for file in run.iterdir():
        (tmp_path / "run" / file.name).write_bytes(file.read_bytes())
    without = model_card.read_provenance(tmp_path / "run").figures
    assert "no figures on pictures that were held out" in without
    figures = {"this model": {"psnr": 18.853, "ssim": 0.69, "delta_e": 11.9}}
    write_metrics(tmp_path / "run", 1, figures)
    shown = model_card.read_provenance(tmp_path / "run").figures
    assert "the run's 1 test picture(s),\nwhich were not trained on" in shown
    assert "| this model | 18.85 | 0.690 | 11.90 |" in shown


def test_the_card_of_a_run_whose_last_phase_counts_steps(tmp_path):
    config = CycleGANConfig(recipe="film", prior="density", film="wide", pretrain_steps=70)
    create_run(tmp_path / "run", config)
    (tmp_path / "run" / "history.csv").write_text("step,l1 G,learning rate G\n70,0.5,0.1\n")
    card = model_card.read_provenance(tmp_path / "run")
    assert "recipe film (balance, 18000 steps" in card.rows["training"]
    assert "done up to step 70 of the last phase" in card.rows["training"]
    assert "| 0.500 |" in card.figures


def test_the_card_of_an_adapted_model_names_what_it_was_adapted_from(tmp_path):
    config = CycleGANConfig(
        data="roll", recipe="adapt", prior="density", pretrain_steps=50, start="/somebody/film"
    )
    create_run(tmp_path / "run", config)
    (tmp_path / "run" / "history.csv").write_text("step,appearance G\n50,0.5\n")
    rows = model_card.read_provenance(tmp_path / "run").rows
    assert rows["modification"] == "that of film, from which it was adapted"
    assert "differs from the baseline in" not in rows
    assert "baseline" not in " ".join(rows.values())


def test_the_card_of_a_file_says_what_is_not_known(run, tmp_path):
    card = (export_model(run / "generator_g.keras", tmp_path / "mine") / CARD).read_text()
    assert "| modification | not known" in card
    assert "| license of the training data | not known" in card


@pytest.mark.parametrize("history", ["", "epoch,generator G\n", "loss\n1\n", "epoch,a\n1\n"])
def test_a_damaged_history_is_named(run, tmp_path, history):
    create_run(tmp_path / "run", CycleGANConfig())
    (tmp_path / "run" / "history.csv").write_text(history)
    with pytest.raises(NegcolorError, match=r"run lacks a readable config\.json or history\.csv"):
        model_card.read_provenance(tmp_path / "run")


def provenance(run, tmp_path, data):
    folder = tmp_path / "run"
    config = dataclasses.replace(model_card.load_run(run, {}), data=data)
    create_run(folder, config)
    (folder / "history.csv").write_bytes((run / "history.csv").read_bytes())
    return model_card.read_provenance(folder).rows


def test_the_demo_roll_is_named_with_its_licences(run, tmp_path):
    rows = provenance(run, tmp_path, "demo")
    for file in demo_roll.ON_FILM + demo_roll.COLOR:
        name = demo_roll.photograph(file).stem
        assert name in rows["training data"]
        assert f"{name}: " in rows["license of the training data"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("tfds:coco/2017", "tfds:coco/2017"),
        ("tfds:/home/somebody/roll", "roll"),
        ("/home/somebody/a,tfds:coco/2017", "a, tfds:coco/2017"),
    ],
)
def test_training_data_are_named_without_the_folders_above(run, tmp_path, data, shown):
    rows = provenance(run, tmp_path, data)
    assert rows["training data"] == shown
    catalogd = "catalog" in rows["license of the training data"]
    assert catalogd == (data == "tfds:coco/2017")


def test_a_full_disk_leaves_nothing(run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(warm_up, "write_warm_up", full)
    with pytest.raises(NegcolorError, match=r"mine/1 cannot be written \(No space left on device"):
        export_model(run, tmp_path / "mine")
    assert names(tmp_path / "mine") == []


def test_a_version_that_appears_meanwhile_is_kept(run, tmp_path, monkeypatch):
    theirs = tmp_path / "mine" / "1" / "theirs"

    def meanwhile(*_):
        theirs.parent.mkdir()
        theirs.write_text("kept")

    monkeypatch.setattr(warm_up, "write_warm_up", meanwhile)
    with pytest.raises(NegcolorError, match="cannot be written"):
        export_model(run, tmp_path / "mine")
    assert names(tmp_path / "mine") == ["1"]
    assert theirs.read_text() == "kept"
