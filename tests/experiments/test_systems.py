"""The companion papers' systems as data: what the papers say, and how budgets shrink them."""

import dataclasses

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.config import ColorizationConfig
from negcolor.experiments.systems import SYSTEMS, find_system


def phases(name):
    return {phase.name: phase for phase in SYSTEMS[name].phases}


def test_optimizers_rates_batches_and_lengths_are_the_papers():
    gan = phases("unet-gan")["gan"]
    assert (gan.generator.kind, gan.generator.rate, gan.discriminator.rate) == ("adam", 2e-4, 2e-4)
    assert (gan.step.weights["l1"], gan.length, SYSTEMS["unet-gan"].batch_size) == (100, 10, 20)

    clipped, penalized = phases("wgan-clip")["wgan"], phases("wgan-gp")["wgan"]
    assert (clipped.generator.kind, clipped.generator.rate, clipped.length) == ("rmsprop", 5e-5, 20)
    assert (clipped.step.clip, clipped.step.critic_steps) == (0.01, 5)
    assert SYSTEMS["wgan-clip"].batch_size == 32
    assert (penalized.generator.kind, penalized.generator.rate) == ("adam", 5e-5)
    assert (penalized.step.clip, penalized.step.gradient_penalty) == (None, 10)
    assert SYSTEMS["wgan-gp"].discriminator.normalization == "layer"  # batch norm mixes images

    cycle = phases("grey-cyclegan")["cyclegan"]
    assert (cycle.generator.rate, cycle.generator.beta_1) == (1e-5, 0.5)
    assert (cycle.step.cycle_weight, cycle.step.detail_weight) == (10, 5)
    assert SYSTEMS["grey-cyclegan"].batch_size == 1

    ours = phases("inception-gan")
    assert (ours["pretraining"].length, ours["pretraining"].generator.rate) == (20, 1e-4)
    assert (ours["gan"].step.generator_steps, ours["gan"].length) == (5, 15)
    assert SYSTEMS["inception-gan"].batch_size == 64

    archaeology = [*phases("archaeology-gan").values()]
    assert [phase.length for phase in archaeology] == [27, 100, 100, 50]
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
    trained = {name for phase in system.phases for name in phase.step.networks}
    assert (system.discriminator is not None) == ("discriminator_y" in trained)
    assert all("discriminator_y" not in p.step.networks or p.discriminator for p in system.phases)
    names = [phase.name for phase in system.phases]
    assert len({*names}) == len(names)
    assert ColorizationConfig(name).configured_system() == system


def test_an_unknown_system_is_refused_with_the_choices():
    with pytest.raises(NegcolorError, match="no system 'unet'; choose one of unet-gan, attention"):
        find_system("unet")
