"""Where an exported model goes, its card, and what happens when it cannot be written."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import negcolor
from negcolor.errors import NegcolorError
from negcolor.experiments.config import CycleGANConfig
from negcolor.experiments.modifications import GeneratorConfig
from negcolor.experiments.run_folder import create_run
from negcolor.inference.api import colorize
from negcolor.inference.colorization import load_grey_converter
from negcolor.inference.models import load_converter
from negcolor.networks.generator import build_generator
from negcolor.serving import warm_up
from negcolor.serving.export import CARD, Direction, export_model

pytestmark = pytest.mark.slow

SCAN = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype="uint8")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with two different generators."""
    folder = tmp_path_factory.mktemp("somebody") / "run"
    config = CycleGANConfig(
        "4", data="/home/somebody/roll 7", epochs=3, filters=4, pretrain_steps=12, seed=5
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


def test_the_card_of_a_file_says_what_is_not_known(run, tmp_path):
    card = (export_model(run / "generator_g.keras", tmp_path / "mine") / CARD).read_text()
    assert "| modification | not known" in card
    assert "| license of the training data | not known" in card


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


def test_an_exported_colorizer_is_a_system(system_run, exported_system):
    image = np.random.default_rng(0).integers(0, 65536, (50, 40, 3), dtype="uint16")
    for folder in (exported_system, exported_system.parent):
        assert load_grey_converter(folder).side
        result = negcolor.colorize_grey(image, folder).astype(int)
        np.testing.assert_allclose(result, negcolor.colorize_grey(image, system_run), atol=1)
    with pytest.raises(
        NegcolorError, match="mine/1 colors grey positives: give it to negcolor-colorize as"
    ):
        load_converter(exported_system.parent)


def test_an_exported_model_for_negatives_is_none(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda image: {"image": image}, [tf.TensorSpec((1, None, None, 3))])
    tf.saved_model.save(module, str(tmp_path / "1"), {"serving_default": module.f})
    with pytest.raises(NegcolorError, match="is a model for negatives: give it as --model"):
        load_grey_converter(tmp_path)


def test_there_is_one_direction(system_run, tmp_path):
    with pytest.raises(NegcolorError, match="--direction color-to-negative is not for colorizers"):
        export_model(system_run, tmp_path / "mine", direction=Direction.COLOR_TO_NEGATIVE)
    assert not (tmp_path / "mine").exists()


def test_the_card_of_a_system(system_run, exported_system):
    card = (exported_system / CARD).read_text()
    for text in [
        "# mine, version 1",
        "Turns black-and-white photographs into color photographs.",
        "| system | archaeology-gan: plain encoder and decoder",
        "004 “Colourizing Historic Archaeological Sites using",
        "pretraining, 1 epochs, then phase_1, 1 epochs, then",
        "the last one done up to epoch 2; pictures of 16×16",
        "| pretrained parts | none |",
        "| training data | album |",
        "| license of the training data | not recorded",
        "no figures on pictures that were held out",
        "| 3.250 | 0.625 |",
        *("serving_default", "serve_uint8", "serve_uint16", "serve_image_bytes"),
    ]:
        assert text in card
    assert "somebody" not in card
