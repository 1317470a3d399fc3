"""The paper's tables III, IV, V and VII, from the results of a study."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from negcolor.experiments import published
from negcolor.experiments.modifications import BASELINE, MODIFICATIONS
from negcolor.reporting.tables import Section
from negcolor.studies.cells import UNKNOWN, number, p_value, per_cent, spread
from negcolor.studies.results import LOSSES, AblationResults, AblationRun
from negcolor.studies.statistics import Comparison, compare_with_baseline, detectable_effect

LEVEL = 0.05
NETWORKS = {"generators": ("G", "F"), "discriminators": ("D_X", "D_Y")}
COMPARISON_HEADER = ("Welch's t (df)", "p", "p, Holm", "Hedges' g")

Measure = Callable[[AblationRun], float]


def mean_loss(network: str) -> Measure:
    """The mean over all epochs of both "generators"' or both "discriminators"' losses."""
    return lambda run: run.mean_loss(NETWORKS[network])


def comparisons(results: AblationResults, measure: Measure) -> dict[str, Comparison]:
    """Every other modification against the baseline; empty where the baseline has no result."""
    baseline = results.values(BASELINE.key, measure)
    if not baseline:
        return {}
    samples = {key: results.values(key, measure) for key in _others(results)}
    return compare_with_baseline(samples, baseline)


def reduction(results: AblationResults, key: str, measure: Measure) -> float:
    """By how many per cent a measure lies below the baseline's; NaN without a result."""
    baseline = results.mean(BASELINE.key, measure)
    return 100.0 * (1.0 - results.mean(key, measure) / baseline)


def architecture_table(results: AblationResults) -> Section:
    """Table III."""
    rows = []
    for key in results.names:
        entry = MODIFICATIONS[key]
        run = results.of(key)[0]
        ours, trained, paper = run.architecture, run.trained_parameters, entry.paper
        rows.append(
            (
                *_head(key),
                str(ours["generator_layers"]),
                str(paper.generator_layers) if paper else UNKNOWN,
                f"{ours['generator_parameters'] / 1e6:.2f} M",
                f"{paper.generator_parameters_millions:g} M" if paper else UNKNOWN,
                str(ours["discriminator_convolutions"]),
                str(paper.discriminator_convolutions) if paper else UNKNOWN,
                f"{trained['generator']:,}",
                f"{trained['discriminator']:,}",
            )
        )
    return Section(
        "Table III: architectures",
        (
            "#", "change", "layers of G", "paper", "parameters of G", "paper",
            "convolutions of D", "paper", "G as trained here", "D as trained here",
        ),
        tuple(rows),
        tuple(range(2, 10)),
        (
            "Layers are those that convolve, a residual block is one; the discriminator's "
            "convolutions are its hidden ones. Parameters of G are those at the modification's "
            "own width; the last two columns are what this study trained. The paper's counts "
            "contradict its own Tables I and II.",
        ),
    )  # fmt: skip


def _loss_table(
    results: AblationResults, title: str, losses: Sequence[str], sentence: str
) -> Section:
    """Some losses in the first and the last epoch, beside the paper's."""
    last = results.study.budget["epochs"]
    header = ["#", "change"]
    for loss in losses:
        header += [f"{loss}, epoch 1", f"{loss}, epoch {last}", "paper, 1", "paper, 20"]
    rows = []
    for key in results.names:
        row = [*_head(key)]
        for loss in losses:
            for epoch in (0, -1):
                row.append(spread(run.losses[loss][epoch] for run in results.of(key)))
            paper = getattr(published.LOSSES[key], loss) if key in published.LOSSES else None
            row += [f"{value:.2f}" for value in paper] if paper else [UNKNOWN, UNKNOWN]
        rows.append(tuple(row))
    return Section(title, tuple(header), tuple(rows), tuple(range(2, len(header))), (sentence,))


def generator_table(results: AblationResults) -> Section:
    """Table IV, with F's own losses."""
    return _loss_table(
        results,
        "Table IV: generators' losses",
        NETWORKS["generators"],
        "Means over each epoch of the training, ± the standard deviation over the seeds. The "
        "paper prints the losses of G twice, as G's and as F's; those of F stand in its text for "
        "seven modifications only.",
    )


def discriminator_table(results: AblationResults) -> Section:
    """Table V."""
    return _loss_table(
        results,
        "Table V: discriminators' losses",
        NETWORKS["discriminators"],
        "As in Table IV.",
    )


def range_table(results: AblationResults) -> Section:
    """Table VII as the paper has it: the baseline and the modification that it recommends."""
    keys = (BASELINE.key, published.RECOMMENDED)
    header = ["", *(f"paper, {MODIFICATIONS[key].name}" for key in keys)]
    header += [f"here, {MODIFICATIONS[key].name}" for key in keys]
    rows = []
    for loss in LOSSES:
        ranges = [getattr(published.RANGES[key], loss) for key in keys]
        ranges += [_observed(results, key, loss) for key in keys]
        rows.append((loss, *map(_range, ranges)))
    for network in NETWORKS:
        means = [getattr(published.RANGES[key], network) for key in keys]
        means += [results.mean(key, mean_loss(network)) for key in keys]
        rows.append((f"mean, {network}", *map(number, means)))
    for network, paper in published.REDUCTIONS.items():
        ours = reduction(results, published.RECOMMENDED, mean_loss(network))
        rows.append((f"reduction, {network}", "", f"{paper} %", "", per_cent(ours)))
    return Section(
        "Table VII: ranges and reductions",
        tuple(header),
        tuple(rows),
        (1, 2, 3, 4),
        (
            "Ranges here are over all epochs and seeds, means over the epochs of both generators "
            "or both discriminators. The paper's means are the middles of the ranges of G and "
            "D_X, and its reductions are those of modification 4's means against the baseline's.",
        ),
    )


def test_table(results: AblationResults, network: str) -> Section:
    """Table VII's test for every modification, of the mean loss of both networks of a kind."""
    measure = mean_loss(network)
    tests = comparisons(results, measure)
    rows = []
    for key in results.names:
        row = [*_head(key), spread(results.values(key, measure))]
        if key in tests:
            row += [per_cent(reduction(results, key, measure)), *comparison_cells(tests[key])]
        rows.append((*row, *[""] * (8 - len(row))))
    return Section(
        f"Table VII for all: mean loss of both {network}",
        ("#", "change", "mean loss", "reduction", *COMPARISON_HEADER),
        tuple(rows),
        tuple(range(2, 8)),
        ("Means over all epochs. Two-sided Welch tests against the baseline.",),
    )


def comparison_cells(test: Comparison) -> tuple[str, ...]:
    """The cells below `COMPARISON_HEADER`."""
    t = UNKNOWN if math.isnan(test.t) else f"{number(test.t)} ({test.degrees:.1f})"
    return t, p_value(test.p), p_value(test.p_holm), number(test.effect)


def power_sentence(results: AblationResults) -> str:
    """What such a test can find at all with that many seeds."""
    seeds, count = len(results.study.seeds), len(_others(results))
    if seeds < 2:
        return "With a single seed there is no test: nothing says how far chance alone goes."
    effect = detectable_effect(seeds, LEVEL / max(count, 1))
    return (
        f"With {seeds} seeds each, and Holm's correction for {count} comparisons with the "
        f"baseline, the tests have little power: to be found four times out of five, a difference "
        f"must be about {effect:.1f} standard deviations large. A large p says nothing about "
        "equality."
    )


def _others(results: AblationResults) -> list[str]:
    """The modifications that are compared with the baseline."""
    return [key for key in results.names if key != BASELINE.key]


def _head(key: str) -> tuple[str, str]:
    return key, MODIFICATIONS[key].description


def _observed(results: AblationResults, key: str, loss: str) -> published.Pair:
    values = [run.losses[loss] for run in results.of(key)]
    return (float(np.min(values)), float(np.max(values))) if values else (math.nan, math.nan)


def _range(ends: published.Pair) -> str:
    return UNKNOWN if math.isnan(ends[0]) else f"{ends[0]:.2f}–{ends[1]:.2f}"
