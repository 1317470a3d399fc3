"""The table of modifications against the paper's Table III, and what the differences amount to."""

import dataclasses

import pytest

from negcolor.errors import NegcolorError
from negcolor.experiments.modifications import (
    BASELINE,
    MODIFICATIONS,
    NUMBERED,
    DiscriminatorConfig,
    PaperCounts,
    modification,
)

OF_PAPER = [MODIFICATIONS[key] for key in NUMBERED]


@pytest.mark.parametrize(
    ("key", "counts"),
    [
        (0, PaperCounts(12, 3.2, 4)),
        (4, PaperCounts(12, 3.5, 5)),
        (6, PaperCounts(10, 2.5, 3)),
        (11, PaperCounts(12, 3.55, 4)),
        (14, PaperCounts(11, 2.9, 4)),
        (16, PaperCounts(13, 3.85, 5)),
        (19, PaperCounts(14, 4.05, 5)),
    ],
)
def test_the_counts_are_those_of_table_3(key, counts):
    assert modification(key).paper == counts


@pytest.mark.parametrize(
    "entry", [entry for entry in OF_PAPER if entry.paper], ids=lambda entry: entry.key
)
def test_the_hidden_convolutions_are_as_many_as_table_3_states(entry):
    assert len(entry.discriminator.convolutions) == entry.paper.discriminator_convolutions


@pytest.mark.parametrize("entry", MODIFICATIONS.values(), ids=lambda entry: entry.key)
def test_an_entry_differs_in_one_to_three_fields_per_part(entry):
    differences = entry.differences()
    assert bool(differences) == (entry is not BASELINE)
    assert all(1 <= len(fields) <= 3 for fields in differences.values())


@pytest.mark.parametrize("entry", MODIFICATIONS.values(), ids=lambda entry: entry.key)
def test_the_differences_applied_to_the_baseline_give_the_entry(entry):
    rebuilt = {
        part: dataclasses.replace(getattr(BASELINE, part), **fields)
        for part, fields in entry.differences().items()
    }
    assert dataclasses.replace(entry, **rebuilt) == entry


def test_no_two_entries_are_the_same_but_for_their_words():
    parts = [(entry.generator, entry.discriminator, entry.training) for entry in OF_PAPER]
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize(
    ("key", "side"), [("0", 95), ("patch-34", 34), ("patch-70", 70), ("patch-128", 128)]
)
def test_receptive_fields(key, side):
    assert modification(key).discriminator.receptive_field == side


def test_a_lone_output_convolution_sees_its_own_kernel():
    assert DiscriminatorConfig(convolutions=()).receptive_field == 4


def test_numbers_may_be_given_as_text():
    assert modification(4) is modification("4")


@pytest.mark.parametrize("key", [20, -1, "patch", ""])
def test_an_unknown_modification_lists_the_choices(key):
    with pytest.raises(NegcolorError) as error:
        modification(key)
    message = str(error.value)
    assert repr(str(key)) in message
    assert all(key in message for key in MODIFICATIONS)


@pytest.mark.parametrize(
    ("key", "name"), [(0, "baseline"), (4, "modification 4"), ("patch-34", "patch-34")]
)
def test_names(key, name):
    assert modification(key).name == name
