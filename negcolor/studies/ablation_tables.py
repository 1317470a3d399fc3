"""The paper's tables III, IV, V and VII, from the results of a study."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from negcolor.experiments.modifications import BASELINE, MODIFICATIONS
from negcolor.experiments.published_losses import (
    BEST,
    PAPER_LOSSES,
    PAPER_RANGES,
    PAPER_REDUCTIONS,
    Pair,
    PaperRanges,
)
from negcolor.reporting.tables import Section
from negcolor.studies.ablation_results import (
    DISCRIMINATORS,
    GENERATORS,
    LOSSES,
    Measure,
    Results,
)
from negcolor.studies.numbers import number, per_cent, spread
from negcolor.studies.statistics import (
    Comparison,
    compare_with_baseline,
    detectable_effect,
)

LEVEL = 0.05
NETWORKS = {"generators": GENERATORS, "discriminators": DISCRIMINATORS}

_PAPER_NAMES = {
    "G": "generator_g",
    "F": "generator_f",
    "D_X": "discriminator_x",
    "D_Y": "discriminator_y",
}


def mean_loss(network: str) -> Measure:
    """The mean over all epochs of both "generators"' or both "discriminators"' losses."""
    return lambda run: run.mean(NETWORKS[network])


def comparisons(results: Results, measure: Measure) -> dict[str, Comparison]:
    """Every other modification against the baseline; empty where the baseline has no result."""
    baseline = results.values(BASELINE.key, measure)
    if not baseline:
        return {}
    samples = {key: results.values(key, measure) for key in results.others}
    return compare_with_baseline(samples, baseline)


def reduction(results: Results, key: str, measure: Measure) -> float:
    """By how many per cent a measure lies below the baseline's; NaN without a result."""
    baseline = results.mean(BASELINE.key, measure)
    return 100.0 * (1.0 - results.mean(key, measure) / baseline)


def architecture_table(results: Results) -> Section:
    """Table III."""
    rows = []
    for key in results.keys:
        entry = MODIFICATIONS[key]
        run = next(run for run in results.runs if run.key == key)
        ours, trained, paper = run.architecture, run.trained_parameters, entry.paper
        rows.append(
            (
                *_head(key),
                str(ours["generator_layers"]),
                str(paper.generator_layers) if paper else "–",
                f"{ours['generator_parameters'] / 1e6:.2f} M",
                f"{paper.generator_parameters_millions:g} M" if paper else "–",
                str(ours["discriminator_convolutions"]),
                str(paper.discriminator_convolutions) if paper else "–",
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


def _loss_table(results: Results, title: str, losses: Sequence[str], sentence: str) -> Section:
    """Some losses in the first and the last epoch, beside the paper's."""
    last = results.options.budget.epochs
    header = ["#", "change"]
    for loss in losses:
        header += [f"{loss}, epoch 1", f"{loss}, epoch {last}", "paper, 1", "paper, 20"]
    rows = []
    for key in results.keys:
        row = [*_head(key)]
        for loss in losses:
            for epoch in (0, -1):
                row.append(
                    spread(run.losses[loss][epoch] for run in results.runs if run.key == key)
                )
            paper = getattr(PAPER_LOSSES[key], _PAPER_NAMES[loss]) if key in PAPER_LOSSES else None
            row += [f"{value:.2f}" for value in paper] if paper else ["–", "–"]
        rows.append(tuple(row))
    return Section(title, tuple(header), tuple(rows), tuple(range(2, len(header))), (sentence,))


def generator_table(results: Results) -> Section:
    """Table IV, with F's own losses."""
    return _loss_table(
        results,
        "Table IV: generators' losses",
        GENERATORS,
        "Means over each epoch of the training, ± the standard deviation over the seeds. The "
        "paper prints the losses of G twice, as G's and as F's; those of F stand in its text for "
        "seven modifications only.",
    )


def discriminator_table(results: Results) -> Section:
    """Table V."""
    return _loss_table(
        results, "Table V: discriminators' losses", DISCRIMINATORS, "As in Table IV."
    )


def range_table(results: Results) -> Section:
    """Table VII as the paper has it: the baseline and the modification that it recommends."""
    keys = (BASELINE.key, BEST)
    header = ["", *(f"paper, {MODIFICATIONS[key].name}" for key in keys)]
    header += [f"here, {MODIFICATIONS[key].name}" for key in keys]
    rows = []
    for loss in LOSSES:
        ranges = [getattr(PAPER_RANGES[key], _PAPER_NAMES[loss]) for key in keys]
        ranges += [_observed(results, key, loss) for key in keys]
        rows.append((loss, *map(_range, ranges)))
    for network in NETWORKS:
        means = [_paper_mean(PAPER_RANGES[key], network) for key in keys]
        means += [results.mean(key, mean_loss(network)) for key in keys]
        rows.append((f"mean, {network}", *map(number, means)))
    for network, paper in PAPER_REDUCTIONS.items():
        ours = reduction(results, BEST, mean_loss(network))
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


def test_table(results: Results, network: str) -> Section:
    """Table VII's test for every modification, of the mean loss of both networks of a kind."""
    measure = mean_loss(network)
    tests = comparisons(results, measure)
    rows = []
    for key in results.keys:
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


COMPARISON_HEADER = ("Welch's t (df)", "p", "p, Holm", "Hedges' g")


def comparison_cells(test: Comparison) -> tuple[str, ...]:
    """The cells below `COMPARISON_HEADER`."""
    t = "–" if math.isnan(test.t) else f"{number(test.t)} ({test.degrees:.1f})"
    return t, p_value(test.p), p_value(test.p_holm), number(test.effect)


def power_sentence(results: Results) -> str:
    """What such a test can find at all with that many seeds."""
    seeds, count = len(results.options.seeds), len(results.others)
    if seeds < 2:
        return "With a single seed there is no test: nothing says how far chance alone goes."
    effect = detectable_effect(seeds, LEVEL / max(count, 1))
    return (
        f"With {seeds} seeds each, and Holm's correction for {count} comparisons with the "
        f"baseline, the tests have little power: to be found four times out of five, a difference "
        f"must be about {effect:.1f} standard deviations large. A large p says nothing about "
        "equality."
    )


def _head(key: str) -> tuple[str, str]:
    return key, MODIFICATIONS[key].description


def _observed(results: Results, key: str, loss: str) -> Pair:
    values = [run.losses[loss] for run in results.runs if run.key == key]
    return (float(np.min(values)), float(np.max(values))) if values else (math.nan, math.nan)


def _paper_mean(ranges: PaperRanges, network: str) -> float:
    return ranges.mean_generator if network == "generators" else ranges.mean_discriminator


def _range(ends: Pair) -> str:
    return "–" if math.isnan(ends[0]) else f"{ends[0]:.2f}–{ends[1]:.2f}"


def p_value(p: float) -> str:
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
