"""The companion papers' systems as data: what the papers say, and how budgets shrink them."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negcolor.errors import NegcolorError
from negcolor.experiments.run_folder import create_run, load_colorization_run, load_run
from negcolor.experiments.system_config import ColorizationConfig, apportioned
from negcolor.experiments.system_phases import Cycle, Gan, Wgan
from negcolor.experiments.systems import SYSTEMS, find_system


def phases(name):
    return {phase.name: phase for phase in SYSTEMS[name].phases}


def test_the_systems_of_the_four_papers():
    of_paper = {
        paper: {name for name, system in SYSTEMS.items() if paper in system.papers}
        for paper in ("001", "002", "003", "004")
    }
    assert of_paper["001"] == {
        "unet-gan", "attention-unet-gan", "resnet18-unet-gan", "wgan-clip", "wgan-gp",
        "grey-cyclegan",
    }  # fmt: skip
    assert of_paper["002"] == {"unet-gan", "wgan-clip"}
    assert of_paper["003"] == {
        "deep-koalarization", "inception-gan", "inception-gan-no-pretraining",
        "inception-gan-no-segmentation", "inception-gan-no-inception", "pix2pix",
    }  # fmt: skip
    assert of_paper["004"] == {"archaeology-gan", "archaeology-cnn"}


def test_optimizers_rates_batches_and_lengths_are_the_papers():
    gan = phases("unet-gan")["gan"]
    assert (gan.generator.kind, gan.generator.rate, gan.discriminator.rate) == ("adam", 2e-4, 2e-4)
    assert (gan.l1_weight, gan.epochs, SYSTEMS["unet-gan"].batch_size) == (100, 10, 20)

    clipped, penalized = phases("wgan-clip")["wgan"], phases("wgan-gp")["wgan"]
    assert (clipped.generator.kind, clipped.generator.rate, clipped.clip) == ("rmsprop", 5e-5, 0.01)
    assert (clipped.critic_steps, clipped.epochs, SYSTEMS["wgan-clip"].batch_size) == (5, 20, 32)
    assert (penalized.generator.kind, penalized.generator.rate) == ("adam", 5e-5)
    assert (penalized.clip, penalized.gradient_penalty) == (None, 10)
    assert SYSTEMS["wgan-gp"].discriminator.normalization == "layer"  # batch norm mixes images

    cycle = phases("grey-cyclegan")["cyclegan"]
    assert (cycle.generator.rate, cycle.generator.beta_1, cycle.cycle_weight) == (1e-5, 0.5, 10)
    assert (cycle.detail_weight, SYSTEMS["grey-cyclegan"].batch_size) == (5, 1)

    ours = phases("inception-gan")
    assert (ours["pretraining"].epochs, ours["pretraining"].generator.rate) == (20, 1e-4)
    assert (ours["gan"].generator_steps, ours["gan"].epochs) == (5, 15)
    assert SYSTEMS["inception-gan"].batch_size == 64

    archaeology = [*phases("archaeology-gan").values()]
    assert [phase.epochs for phase in archaeology] == [27, 100, 100, 50]
    rates = [(p.generator.rate, p.discriminator.rate) for p in archaeology[1:]]
    assert rates == [(1e-4, 1e-4), (1e-4, 1e-5), (1e-5, 1e-5)]
    assert {p.generator.kind for p in archaeology[1:]} == {"sgd"}


def test_the_ablations_of_003_lack_one_thing_each():
    full = SYSTEMS["inception-gan"]
    assert SYSTEMS["inception-gan-no-pretraining"].phases == full.phases[1:]
    for name, missing in {"segmentation": "segmentation", "inception": "inception"}.items():
        system = SYSTEMS[f"inception-gan-no-{name}"]
        assert system.phases == full.phases
        assert system.generator == dataclasses.replace(full.generator, **{missing: False})
    assert full.backbones() == ("deeplab", "inception")
    assert SYSTEMS["deep-koalarization"].backbones() == ("inception",)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_is_consistent(name):
    system = SYSTEMS[name]
    assert find_system(name) is system
    assert sum(system.split) == pytest.approx(1)
    judged = any(isinstance(phase, Gan | Wgan | Cycle) for phase in system.phases)
    assert (system.discriminator is not None) == judged
    names = [phase.name for phase in system.phases]
    assert len({*names}) == len(names)
    assert ColorizationConfig(name).configured_system() == system


def test_an_unknown_system_is_refused_with_the_choices():
    with pytest.raises(NegcolorError, match="no system 'unet'; choose one of unet-gan, attention"):
        find_system("unet")


@given(
    parts=st.lists(st.integers(1, 300), min_size=1, max_size=6),
    more=st.integers(0, 500),
)
def test_epochs_are_divided_in_proportion(parts, more):
    total = len(parts) + more
    lengths = apportioned(total, parts)
    assert sum(lengths) == total
    assert min(lengths) >= 1
    assert apportioned(sum(parts), parts) == parts


def test_budgets_shrink_everything_in_proportion():
    system = ColorizationConfig(
        "archaeology-gan", epochs=28, filters=8, image_size=64, batch_size=4
    )
    system = system.configured_system()
    assert [phase.epochs for phase in system.phases] == [3, 10, 10, 5]
    assert (system.generator.filters, system.discriminator.filters) == (8, 8)
    assert system.discriminator.units == 128
    assert (system.image_size, system.batch_size) == (64, 4)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 3}, "--epochs 3 is too small; give 4 or more"),
        ({"image_size": 40}, "--image-size 40 does not fit .* multiple of 16"),
        ({"image_size": 0}, "--image-size 0 does not fit .* multiple of 16"),
        ({"batch_size": 0}, "--batch-size 0 is too small"),
        ({"filters": 0}, "--filters 0 is too small"),
        ({"precision": "half"}, "--precision half is unknown"),
    ],
)
def test_wrong_options_are_named(options, sentence):
    with pytest.raises(NegcolorError, match=sentence):
        ColorizationConfig("archaeology-gan", **options)


def test_a_run_of_a_system_is_told_from_one_of_a_modification(tmp_path):
    config = ColorizationConfig("unet-gan", epochs=2, image_size=32, filters=4)
    create_run(tmp_path / "run", config)
    assert load_colorization_run(tmp_path / "run", {"epochs": 2}) == config
    with pytest.raises(NegcolorError, match="--epochs 3 contradicts"):
        load_colorization_run(tmp_path / "run", {"epochs": 3})
    with pytest.raises(NegcolorError, match=r"is the run of the system unet-gan"):
        load_run(tmp_path / "run", {})
