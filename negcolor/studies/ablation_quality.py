"""What the paper lacks: the modifications ranked by the images, and what losses say of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from negcolor.evaluation import inception
from negcolor.experiments.modifications import MODIFICATIONS
from negcolor.reporting.tables import Section
from negcolor.studies.ablation_results import Measure, Results
from negcolor.studies.ablation_tables import (
    BEST,
    COMPARISON_HEADER,
    LEVEL,
    NETWORKS,
    PAPER_REDUCTIONS,
    comparison_cells,
    comparisons,
    mean_loss,
    p_value,
    power_sentence,
    reduction,
)
from negcolor.studies.numbers import number, per_cent, spread
from negcolor.studies.statistics import Comparison, RankCorrelation, spearman

NO_KID = "KID was left out: no --inception-weights were given."
NO_TRUTHS = "No test picture has a truth, so the pictures cannot be judged."


@dataclass(frozen=True)
class Quality:
    """A way to judge the images: how it is shown, and the sign that makes low values good."""

    heading: str
    digits: int
    sign: int
    measure: Measure


def figure(name: str) -> Measure:
    """A figure of `metrics.Figures`, averaged over the test images."""
    return lambda run: run.figure(name)


QUALITIES = {
    "delta_e": Quality("ΔE2000 ↓", 2, 1, figure("delta_e")),
    "ssim": Quality("SSIM ↑", 3, -1, figure("ssim")),
    "psnr": Quality("PSNR dB ↑", 2, -1, figure("psnr")),
    "kid": Quality("KID ↓", 4, 1, lambda run: run.kid),
}


def qualities(results: Results) -> dict[str, Quality]:
    """Those that have been measured."""
    return {
        name: quality
        for name, quality in QUALITIES.items()
        if not all(math.isnan(quality.measure(run)) for run in results.runs)
    }


def _loss_measures() -> dict[str, Measure]:
    """What the paper might judge a modification by: name -> measure, low is good."""

    def last(loss: str) -> Measure:
        return lambda run: run.last(loss)

    def test(loss: str) -> Measure:
        return lambda run: run.test(loss)

    return {
        "G, last epoch": last("G"),
        "G, test pictures": test("G"),
        "mean loss of both generators": mean_loss("generators"),
        "D_Y, last epoch": last("D_Y"),
        "mean loss of both discriminators": mean_loss("discriminators"),
    }


LOSS_MEASURES = _loss_measures()
JUDGED_BY = "G, last epoch"


def ranks(results: Results, measure: Measure, sign: int = 1) -> dict[str, int]:
    """Modification -> its place, 1 for the lowest mean, or for the highest with a sign of -1.

    A mean that is not known, as of a training that diverged, comes last.
    """
    means = {key: sign * results.mean(key, measure) for key in results.keys}
    means = {key: math.inf if math.isnan(mean) else mean for key, mean in means.items()}
    return {key: 1 + sum(other < mean for other in means.values()) for key, mean in means.items()}


def quality_table(results: Results) -> Section:
    """All modifications, the best images first."""
    judged_by = qualities(results)
    places = {name: ranks(results, q.measure, q.sign) for name, q in judged_by.items()}
    by_loss = ranks(results, LOSS_MEASURES[JUDGED_BY])
    tests = comparisons(results, figure("delta_e"))
    rows = []
    for key in sorted(results.keys, key=lambda key: places["delta_e"][key]):
        row = [key, MODIFICATIONS[key].description]
        for name, q in judged_by.items():
            row += [spread(results.values(key, q.measure), q.digits), str(places[name][key])]
        row.append(str(by_loss[key]))
        row += comparison_cells(tests[key]) if key in tests else [""] * len(COMPARISON_HEADER)
        rows.append(tuple(row))
    header = ["#", "change"]
    for q in judged_by.values():
        header += [q.heading, "rank"]
    header += ["rank by loss of G", *COMPARISON_HEADER]
    images = len(next(run for run in results.runs if run.figures).figures)
    return Section(
        "Ranking by quality",
        tuple(header),
        tuple(rows),
        tuple(range(2, len(header))),
        (
            f"Test pictures with truths: {images}. Means over them, ± the standard deviation "
            "over the seeds. The tests compare ΔE2000 with the baseline's.",
            inception.DISCLAIMER if "kid" in judged_by else NO_KID,
        ),
    )


def test_loss_table(results: Results) -> Section:
    """The four losses on the test images, after the last epoch."""
    header = ("#", "change", "G", "F", "D_X", "D_Y")
    rows = []
    for key in results.keys:
        runs = [run for run in results.runs if run.key == key]
        cells = (spread(run.test(loss) for run in runs) for loss in header[2:])
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


def correlations(results: Results) -> dict[str, dict[str, RankCorrelation]]:
    """Loss -> figure -> rank correlation over the modifications' means.

    Positive values say that low losses go with good images, whichever way a figure counts.
    """
    found: dict[str, dict[str, RankCorrelation]] = {}
    for loss, measure in LOSS_MEASURES.items():
        found[loss] = {}
        for name, q in qualities(results).items():
            means = [(results.mean(k, measure), results.mean(k, q.measure)) for k in results.keys]
            known = [pair for pair in means if not math.isnan(sum(pair))]
            found[loss][name] = spearman([x for x, _ in known], [q.sign * y for _, y in known])
    return found


def correlation_table(results: Results) -> Section:
    """Does a low loss mean a good image?"""
    rows = tuple(
        (loss, *(_correlation_cell(found) for found in by_figure.values()))
        for loss, by_figure in correlations(results).items()
    )
    header = ("loss", *(q.heading for q in qualities(results).values()))
    return Section(
        "Does a low loss mean a good picture?",
        header,
        rows,
        (),
        (
            f"Spearman's ρ over the means of {len(results.keys)} modifications, its 95 % interval "
            "and its p-value (not corrected). +1: the lowest loss has the best pictures; 0: losses "
            "say nothing about pictures; −1: the lowest loss has the worst.",
        ),
    )


def summary(results: Results) -> Section:
    """The study in a few sentences, made of its numbers."""
    lines = [_differing(results, "Mean loss of both " + kind, mean_loss(kind)) for kind in NETWORKS]
    for network, paper in PAPER_REDUCTIONS.items():
        ours = reduction(results, BEST, mean_loss(network))
        if not math.isnan(ours):
            lines.append(
                f"The mean loss of both {network} of modification {BEST} lies "
                f"{per_cent(abs(ours))} {'below' if ours > 0 else 'above'} the baseline's; in the "
                f"paper it lies {paper} % below."
            )
    if results.has_truths:
        lines.append(_differing(results, "ΔE2000", figure("delta_e")))
        by_quality = ranks(results, figure("delta_e"))
        by_loss = ranks(results, LOSS_MEASURES[JUDGED_BY])
        best, lowest = (min(places, key=places.__getitem__) for places in (by_quality, by_loss))
        lines.append(
            f"The best pictures by ΔE2000 are those of {MODIFICATIONS[best].name}; the lowest loss "
            f"of G in the last epoch is that of {MODIFICATIONS[lowest].name}, whose pictures have "
            f"place {by_quality[lowest]} of {len(results.keys)}."
        )
        lines.append(_verdict(correlations(results)[JUDGED_BY]["delta_e"]))
    lines.append(power_sentence(results))
    if results.missing:
        names = ", ".join(f"{key} with seed {seed}" for key, seed in results.missing)
        lines.append(f"Runs without a result: {names}.")
    return Section("In short", points=tuple(line for line in lines if line))


def _differing(results: Results, name: str, measure: Measure) -> str:
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


def _verdict(found: RankCorrelation) -> str:
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
        return "–"
    text = f"ρ = {number(found.rho)}"
    if not math.isnan(found.low):
        text += f" [{number(found.low)}, {number(found.high)}]"
    return text if math.isnan(found.p) else f"{text}, p {_equals(p_value(found.p))}"


def _equals(text: str) -> str:
    return text if text.startswith("<") else f"= {text}"
