"""Recipes as data."""

import pytest

from negcolor.experiments.phases import NETWORKS, RECIPES, Cycle
from negcolor.experiments.systems import SYSTEMS
from negcolor.training.losses import TERMS

PHASES = {f"{name}-{p.name}": p for name, recipe in RECIPES.items() for p in recipe}
PHASES |= {f"{s.name}-{p.name}": p for s in SYSTEMS.values() for p in s.phases}


@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES)
def test_phases_name_what_there_is(phase):
    assert set(phase.step.networks) <= set(NETWORKS)
    assert phase.length_from in ("", "pretrain_steps", "epochs")
    assert bool(phase.length) != bool(phase.length_from)
    assert phase.unit in ("step", "epoch")
    with_discriminator = "discriminator_y" in phase.step.networks
    assert (phase.discriminator is not None) == with_discriminator
    if isinstance(phase.step, Cycle):
        assert phase.data == "unpaired"
        return
    assert set(phase.step.weights) <= set(TERMS)
    assert ("adversarial" in phase.step.weights) == with_discriminator
    assert phase.data == "both" or not {"anchor", "colors"} & set(phase.step.weights)
