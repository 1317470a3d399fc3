"""The companion papers' own tables, our numbers beside those that they print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from negcolor.evaluation.inception import DISCLAIMER
from negcolor.experiments import published
from negcolor.experiments.systems import find_system
from negcolor.images.lab import AB_SCALE
from negcolor.reporting.tables import Section
from negcolor.studies.cells import UNKNOWN, number, spread
from negcolor.studies.results import HELD_OUT, TRAINING, CompanionResults, InceptionMetrics

METRICS = {"PSNR": ("psnr", 2), "SSIM": ("ssim", 3)}  # field and digits
GREY = "grey, no colors"
NO_WEIGHTS = "needs --inception-weights"

EXTREMES_TABLES = {
    "Table 1: conditional GANs": ("attention-unet-gan", "resnet18-unet-gan", "unet-gan"),
    "Table 2: Wasserstein GANs": ("wgan-gp", "wgan-clip"),
    "Table 3: CycleGAN": ("grey-cyclegan",),
}
EXTREMES_NOTE = (
    "Over the held-out pictures, of all seeds together. Every result here has the truth's L*, "
    "which is why grey alone has a high SSIM; the paper's, near 0 even where its PSNR is high, "
    "must have been measured on something else. The lowest SSIM of its ResNet18 is printed as "
    "49/7."
)


def paper_tables(results: CompanionResults) -> list[Section]:
    """Those of the study's paper."""
    return [*_TABLES[results.study.kind](results)]


def extremes_tables(results: CompanionResults) -> Iterable[Section]:
    """001, Tables 1 to 3."""
    note = EXTREMES_NOTE
    for title, names in EXTREMES_TABLES.items():
        found = [name for name in names if name in results.names]
        rows = [row for name in found for row in _extremes_rows(results, name)]
        if found:
            rows += _extremes_rows(results, found[0], of="grey")
        yield Section(
            title,
            ("system", "figure", *_extremes_header(""), *_extremes_header("paper, ")),
            tuple(rows),
            tuple(range(2, 8)),
            (note,),
        )
        note = "As in Table 1."


def _extremes_header(whose: str) -> list[str]:
    return [whose + word for word in ("average", "maximum", "minimum")]


def _extremes_rows(
    results: CompanionResults, name: str, of: str = "system"
) -> list[tuple[str, ...]]:
    rows = []
    for metric, (field, digits) in METRICS.items():
        values = np.concatenate([run.parts[HELD_OUT][of][field] for run in results.of(name)])
        ours = (number(float(f(values)), digits) for f in (np.mean, np.max, np.min))
        paper = published.EXTREMES.get(name, {}).get(metric) if of == "system" else None
        label = name if of == "system" else GREY
        rows.append((label, metric, *ours, *(paper or [UNKNOWN] * 3)))
    return rows


def distribution_table(results: CompanionResults) -> Iterable[Section]:
    """002, Table 1."""
    columns = ("FID", "PSNR", "SSIM", "Inception score")
    header = ["part", "system"]
    for column in columns:
        header += [column, "paper"]
    rows = []
    for part, shown in ((HELD_OUT, "test"), (TRAINING, "train")):
        for name in results.names:
            cells = [shown, name]
            for column in columns:
                paper = published.DISTRIBUTIONS[part, name][column]
                cells += [_distribution_cell(results, name, part, column), paper]
            rows.append(tuple(cells))
        rows.append(_truth_row(results, part, shown))
    yield Section(
        "Table 1: distances and scores",
        tuple(header),
        tuple(rows),
        tuple(range(2, len(header))),
        (
            "Test: the pictures held out. Train: as many of those trained on, or all.",
            DISCLAIMER + " The paper does not say of which features its FID is, and its values are "
            "hundreds of times smaller than usual ones.",
        ),
    )


def _distribution_cell(results: CompanionResults, name: str, part: str, column: str) -> str:
    if column in METRICS:
        return _cell(results, name, column, part=part)
    field = "fid" if column == "FID" else "inception_score"
    return _set_cell(results, name, part, lambda metrics: getattr(metrics, field))


def _cell(
    results: CompanionResults, name: str, metric: str, of: str = "system", part: str = HELD_OUT
) -> str:
    """The mean over the images of a part, ± the standard deviation over the seeds."""
    field, digits = METRICS[metric]
    return spread(results.values(name, lambda run: run.mean(field, of, part)), digits)


def _truth_row(results: CompanionResults, part: str, shown: str) -> tuple[str, ...]:
    """The Inception Score of the truths, which no result has to exceed."""
    first = results.names[0]
    score = _set_cell(results, first, part, lambda metrics: metrics.inception_score_of_truth)
    return (shown, "the truth", *[""] * 6, score, "")


def _set_cell(
    results: CompanionResults, name: str, part: str, measure: Callable[[InceptionMetrics], float]
) -> str:
    runs = results.of(name)
    if not all(run.sets for run in runs):
        return NO_WEIGHTS
    return spread(measure(run.sets[part]) for run in runs)


def ablation_tables(results: CompanionResults) -> Iterable[Section]:
    """003, Tables 2 and 3."""
    rows = []
    for candidate in results.study.paper.candidates:
        name = candidate.name
        if candidate.batch_divisor == 1 and name in results.names:
            cells = [name, find_system(candidate.system).description]
            for metric in ("SSIM", "PSNR"):
                paper = published.ABLATIONS.get(name, {}).get(metric, UNKNOWN)
                cells += [_cell(results, name, metric), paper]
            rows.append(tuple(cells))
    ssim, psnr = (_cell(results, results.names[0], metric, "grey") for metric in ("SSIM", "PSNR"))
    rows.append((GREY, "", ssim, UNKNOWN, psnr, UNKNOWN))
    yield Section(
        "Table 2: ablations and baselines",
        ("system", "what it is", "SSIM", "paper", "PSNR", "paper"),
        tuple(rows),
        (2, 3, 4, 5),
        ("SSIM is the mean over the three channels of sRGB. The paper has no row of pix2pix.",),
    )
    yield _batch_table(results)


def _batch_table(results: CompanionResults) -> Section:
    """003, Table 3."""
    header = ["system", "batch"]
    for when in ("first", "last"):
        for name in ("loss_D", "loss_G"):
            header += [f"{name}, {when} epoch", "paper"]
    rows = []
    for name, paper in published.BATCH_LOSSES.items():
        runs = results.of(name)
        if not runs:
            continue
        cells = [name, str(runs[0].config.batch_size)]
        places = [(epoch, loss) for epoch in (0, -1) for loss in ("discriminator", "generator")]
        for (epoch, loss), printed in zip(places, paper, strict=True):
            losses = (run.phases["gan"][loss][epoch] for run in runs)
            cells += [spread(losses, 4), printed]
        rows.append(tuple(cells))
    return Section(
        "Table 3: losses by batch size",
        tuple(header),
        tuple(rows),
        tuple(range(1, len(header))),
        (
            "Means over an epoch of the GAN; loss_G is the adversarial loss + 100 L1, loss_D the "
            "mean binary cross-entropy of real and generated patches. The paper compares batches "
            "of 64 and 16: here the second has a quarter of the first. It has four times as many "
            "steps, unless --steps-per-epoch gives both the same.",
        ),
    )


def archaeology_table(results: CompanionResults) -> Iterable[Section]:
    """004, sections 7.1.1 to 7.1.3 and Figure 8."""
    columns: Mapping[str, tuple[str, float, int]] = {
        "training MSE": ("mse", AB_SCALE**2, 1),
        "validation MSE": ("validation ab mse", 1.0, 1),
        "generator's BCE": ("adversarial", 1.0, 3),
        "discriminator's BCE": ("discriminator", 1.0, 3),
        "its accuracy": ("validation accuracy D", 1.0, 3),
    }
    rows = []
    for name in results.names:
        runs = results.of(name)
        for phase, history in runs[0].phases.items():
            cells = [name, phase]
            for column, scale, digits in columns.values():
                known = column in history
                values = (scale * run.at_end(phase, column) for run in runs)
                cells.append(spread(values, digits) if known else "")
            rows.append((*cells, published.PHASES[name, phase]))
    grey = spread((run.validation_of_grey["ab mse"] for run in results.of(results.names[0])), 1)
    rows.append((GREY, "", "", grey, "", "", "", ""))
    yield Section(
        "Losses and accuracy at the end of each phase",
        ("system", "phase", *columns, "paper"),
        tuple(rows),
        tuple(range(2, 7)),
        (
            "MSE is in CIELAB's units squared, the mean over a* and b*; the accuracy is that on "
            "the validation pictures and what the generator makes of them. The paper gives its "
            "figures in words and curves. It calls 0.999 the value at which the discriminator's "
            "loss comes to rest; as a binary cross-entropy that would be worse than guessing "
            "(0.693), so that it is read as the accuracy of Figure 8d.",
        ),
    )


_TABLES: Mapping[str, Callable[[CompanionResults], Iterable[Section]]] = {
    "001": extremes_tables,
    "002": distribution_table,
    "003": ablation_tables,
    "004": archaeology_table,
}
