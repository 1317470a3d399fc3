"""What the paper lacks: the modifications ranked by the images, and what losses say of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from negcolor.evaluation import inception
from negcolor.experiments import published
from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.reporting.tables import Section
from negcolor.studies.ablation_tables import (
    COMPARISON_HEADER,
    LEVEL,
    NETWORKS,
    Measure,
    comparison_cells,
    comparisons,
    mean_loss,
    power_sentence,
    reduction,
)
from negcolor.studies.cells import UNKNOWN, number, p_value, per_cent, spread
from negcolor.studies.results import AblationResults
from negcolor.studies.statistics import Comparison, RankCorrelation, spearman

NO_KID = "KID was left out: no --inception-weights were given."
NO_TRUTHS = "No test picture has a truth, so the pictures cannot be judged."


@dataclass(frozen=True)
class Quality:
    """A metric of the images: how it is shown, and the sign that makes low values good."""

    heading: str
    digits: int
    sign: int
    measure: Measure


def metric(name: str) -> Measure:
    """A metric of `negcolor.evaluation.metrics`, averaged over the test images."""
    return lambda run: run.metric(name)


QUALITIES = {
    "delta_e": Quality("ΔE2000 ↓", 2, 1, metric("delta_e")),
    "ssim": Quality("SSIM ↑", 3, -1, metric("ssim")),
    "psnr": Quality("PSNR dB ↑", 2, -1, metric("psnr")),
    "kid": Quality("KID ↓", 4, 1, lambda run: run.kid),
}


def has_truths(results: AblationResults) -> bool:
    """Whether the images of any run could be compared with their truths."""
    return any(run.metrics for run in results.runs)


def qualities(results: AblationResults) -> dict[str, Quality]:
    """Those that have been measured."""
    return {
        name: quality
        for name, quality in QUALITIES.items()
        if not all(math.isnan(quality.measure(run)) for run in results.runs)
    }


# What the paper might compare modifications by; low is good.
LOSS_MEASURES: Mapping[str, Measure] = {
    "G, last epoch": lambda run: run.last_loss("G"),
    "G, test pictures": lambda run: run.test_loss("G"),
    "mean loss of both generators": mean_loss("generators"),
    "D_Y, last epoch": lambda run: run.last_loss("D_Y"),
    "mean loss of both discriminators": mean_loss("discriminators"),
}
RANKED_BY = "G, last epoch"


def ranks(results: AblationResults, measure: Measure, sign: int = 1) -> dict[str, int]:
    """Modification -> its place, 1 for the lowest mean, or for the highest with a sign of -1.

    A mean that is not known, as of a training that diverged, comes last.
    """
    means = {key: sign * results.mean(key, measure) for key in results.names}
    means = {key: math.inf if math.isnan(mean) else mean for key, mean in means.items()}
    return {key: 1 + sum(other < mean for other in means.values()) for key, mean in means.items()}


def quality_table(results: AblationResults) -> Section:
    """All modifications, the best images first."""
    measured = qualities(results)
    places = {name: ranks(results, q.measure, q.sign) for name, q in measured.items()}
    by_loss = ranks(results, LOSS_MEASURES[RANKED_BY])
    tests = comparisons(results, metric("delta_e"))
    rows = []
    for key in sorted(results.names, key=lambda key: places["delta_e"][key]):
        row = [key, MODIFICATIONS[key].description]
        for name, q in measured.items():
            row += [spread(results.values(key, q.measure), q.digits), str(places[name][key])]
        row.append(str(by_loss[key]))
        row += comparison_cells(tests[key]) if key in tests else [""] * len(COMPARISON_HEADER)
        rows.append(tuple(row))
    header = ["#", "change"]
    for q in measured.values():
        header += [q.heading, "rank"]
    header += ["rank by loss of G", *COMPARISON_HEADER]
    images = len(next(run for run in results.runs if run.metrics).metrics)
    return Section(
        "Ranking by quality",
        tuple(header),
        tuple(rows),
        tuple(range(2, len(header))),
        (
            f"Test pictures with truths: {images}. Means over them, ± the standard deviation "
            "over the seeds. The tests compare ΔE2000 with the baseline's.",
            inception.DISCLAIMER if "kid" in measured else NO_KID,
        ),
    )


def test_loss_table(results: AblationResults) -> Section:
    """The four losses on the test images, after the last epoch."""
    header = ("#", "change", "G", "F", "D_X", "D_Y")
    rows = []
    for key in results.names:
        cells = (spread(run.test_loss(loss) for run in results.of(key)) for loss in header[2:])
        rows.append((key, MODIFICATIONS[key].description, *cells))
    return Section(
        "Losses on the test pictures",
        header,
        tuple(rows),
        (2, 3, 4, 5),
        (
            "After the last epoch, with the truths as color pictures. Losses of different "
            "discriminators, or with an identity loss, measure different things.",
        ),
    )


def correlations(results: AblationResults) -> dict[str, dict[str, RankCorrelation]]:
    """Loss -> metric -> rank correlation over the modifications' means.

    Positive values say that low losses go with good images, whichever way a metric counts.
    """
    found: dict[str, dict[str, RankCorrelation]] = {}
    for loss, measure in LOSS_MEASURES.items():
        found[loss] = {}
        for name, q in qualities(results).items():
            means = [(results.mean(k, measure), results.mean(k, q.measure)) for k in results.names]
            known = [pair for pair in means if not math.isnan(sum(pair))]
            found[loss][name] = spearman([x for x, _ in known], [q.sign * y for _, y in known])
    return found


def correlation_table(results: AblationResults) -> Section:
    """Does a low loss mean a good image?"""
    rows = tuple(
        (loss, *(_correlation_cell(found) for found in by_metric.values()))
        for loss, by_metric in correlations(results).items()
    )
    header = ("loss", *(q.heading for q in qualities(results).values()))
    return Section(
        "Does a low loss mean a good picture?",
        header,
        rows,
        (),
        (
            f"Spearman's ρ over the means of {len(results.names)} modifications, its 95 % interval "
            "and its p-value (not corrected). +1: the lowest loss has the best pictures; 0: losses "
            "say nothing about pictures; −1: the lowest loss has the worst.",
        ),
    )


def summary(results: AblationResults) -> Section:
    """The study in a few sentences, made of its numbers."""
    lines = [_differing(results, "Mean loss of both " + kind, mean_loss(kind)) for kind in NETWORKS]
    for network, paper in published.REDUCTIONS.items():
        ours = reduction(results, published.RECOMMENDED, mean_loss(network))
        if not math.isnan(ours):
            lines.append(
                f"The mean loss of both {network} of modification {published.RECOMMENDED} lies "
                f"{per_cent(abs(ours))} {'below' if ours > 0 else 'above'} the baseline's; in the "
                f"paper it lies {paper} % below."
            )
    if has_truths(results):
        lines.append(_differing(results, "ΔE2000", metric("delta_e")))
        by_quality = ranks(results, metric("delta_e"))
        by_loss = ranks(results, LOSS_MEASURES[RANKED_BY])
        best, lowest = (min(places, key=places.__getitem__) for places in (by_quality, by_loss))
        lines.append(
            f"The best pictures by ΔE2000 are those of {MODIFICATIONS[best].name}; the lowest loss "
            f"of G in the last epoch is that of {MODIFICATIONS[lowest].name}, whose pictures have "
            f"place {by_quality[lowest]} of {len(results.names)}."
        )
        lines.append(_relation(correlations(results)[RANKED_BY]["delta_e"]))
    lines.append(power_sentence(results))
    if results.missing:
        names = ", ".join(f"{key} with seed {seed}" for key, seed in results.missing)
        lines.append(f"Runs without a result: {names}.")
    return Section("In short", points=tuple(line for line in lines if line))


def _differing(results: AblationResults, name: str, measure: Measure) -> str:
    tests = comparisons(results, measure)
    tested = {key: test for key, test in tests.items() if not math.isnan(test.p_holm)}
    if not tested:
        return ""

    def listed(holds: Callable[[Comparison], bool]) -> str:
        keys = [key for key, test in tested.items() if holds(test)]
        return f"{len(keys)} ({', '.join(keys)})" if keys else "none"

    return (
        f"{name}: of {len(tested)} comparisons with the baseline, p < {LEVEL:g} in "
        f"{listed(lambda test: test.p < LEVEL)} without correction, and in "
        f"{listed(lambda test: test.p_holm < LEVEL)} with Holm's."
    )


def _relation(found: RankCorrelation) -> str:
    if math.isnan(found.p):
        return ""
    if found.p >= LEVEL:
        words = "no reliable relation: the loss does not tell which pictures are good"
    elif found.rho > 0:
        words = "low losses go with good pictures"
    else:
        words = "low losses go with bad pictures"
    return (
        f"Rank correlation of the loss of G in the last epoch with ΔE2000: "
        f"{_correlation_cell(found)}: {words}."
    )


def _correlation_cell(found: RankCorrelation) -> str:
    if math.isnan(found.rho):
        return UNKNOWN
    text = f"ρ = {number(found.rho)}"
    if not math.isnan(found.low):
        text += f" [{number(found.low)}, {number(found.high)}]"
    return text if math.isnan(found.p) else f"{text}, p {_equals(p_value(found.p))}"


def _equals(text: str) -> str:
    return text if text.startswith("<") else f"= {text}"
