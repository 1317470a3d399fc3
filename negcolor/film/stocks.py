"""Film stocks as data: one characteristic curve per layer, base density and grain.

A characteristic curve gives Status M density over exposure, with logH in log10 lux-seconds:

    D(logH) = Dmin + gamma * [st * softplus((logH - x0) / st) - ss * softplus((logH - x1) / ss)]

`x0` is where the toe turns into the straight line of slope `gamma`, `x1` where that turns into
the shoulder; `st` and `ss` are the widths of the two turns.

The color curves are least-squares fits (rms at most 0.009 D) to curves that the open data set
"film-scan-calibration" by OwlMightyCh (CC BY 4.0) digitized from the manufacturers' data sheets,
which each stock names. To add a stock, add an entry; nothing else has to change.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

Balance = Literal["daylight", "tungsten"]

BALANCES: dict[Balance, float] = {"daylight": 5500.0, "tungsten": 3200.0}
"""Color temperature of the light that films are balanced for, kelvin; tungsten is type B."""


@dataclass(frozen=True)
class Stock:
    """A film as its data sheet describes it.

    The curve parameters hold one value per layer in the order red, green, blue, or a single
    value for a black-and-white film. `x1` and `ss` are None in a layer whose data sheet shows no
    shoulder.

    Attributes:
        name: key in `STOCKS`.
        title: the name on the box.
        iso: speed, ISO arithmetic.
        kind: color films have three coupled layers, black-and-white films a single one.
        dmin: density of the unexposed, developed film (base, mask and fog), Status M.
        gamma: slope of the straight line, D per log10 unit.
        x0, st: position (logH) and width (log10 units) of the toe.
        x1, ss: position and width of the shoulder.
        grain: RMS granularity, 1000 times the standard deviation of density through a 48 µm
            aperture at net density 1. Color negatives have 4 to 5, Tri-X 17; HP5 Plus has no
            published figure and is given that of Tri-X.
        source: where the curve comes from.
        balance: the light that the film is made for, a key of `BALANCES`.
    """

    name: str
    title: str
    iso: int
    kind: Literal["color", "black-and-white"]
    dmin: tuple[float, ...]
    gamma: tuple[float, ...]
    x0: tuple[float, ...]
    st: tuple[float, ...]
    x1: tuple[float | None, ...]
    ss: tuple[float | None, ...]
    grain: float
    source: str
    balance: Balance = "daylight"


class Emulsion(NamedTuple):
    """A stock's numbers as arrays, or several stocks' numbers stacked along a first axis.

    `iso` and `grain` have shape (), the others (layers,); float32. A missing shoulder lies at
    x1 = infinity, where its softplus vanishes. The fields are the same for NumPy arrays and for
    tensors, so that a stock can be drawn inside a graph.
    """

    iso: np.ndarray
    dmin: np.ndarray
    gamma: np.ndarray
    x0: np.ndarray
    st: np.ndarray
    x1: np.ndarray
    ss: np.ndarray
    grain: np.ndarray


def emulsion(stock: Stock) -> Emulsion:
    """The numbers of one stock as float32 arrays."""
    fields = {
        "iso": stock.iso,
        "dmin": stock.dmin,
        "gamma": stock.gamma,
        "x0": stock.x0,
        "st": stock.st,
        "x1": [math.inf if x is None else x for x in stock.x1],
        "ss": [1.0 if s is None else s for s in stock.ss],
        "grain": stock.grain,
    }
    return Emulsion(**{name: np.array(value, np.float32) for name, value in fields.items()})


def stack_emulsions(stocks: Sequence[Stock]) -> Emulsion:
    """The numbers of several stocks, stacked along a first axis.

    All have three layers there, which are alike for a black-and-white film.
    """
    films = [emulsion(stock) for stock in stocks]
    return Emulsion(
        *(
            np.stack([np.broadcast_to(value, (3,) if value.ndim else ()) for value in values])
            for values in zip(*films, strict=True)
        )
    )


def _iso6(name: str, title: str, iso: int, *, dmin: float, grain: float) -> Stock:
    """A black-and-white film that meets ISO 6 exactly, for stocks without a published fit.

    ISO 6:1993 puts net density 0.1 at 0.8/ISO lux-seconds and 0.80 more at 1.30 log10 units
    above. With the toe at the speed point, softplus is ln 2 there and must be 9 ln 2 at the upper
    point: 1.30/st = ln(2^9 - 1).
    """
    st = 1.30 / math.log(2**9 - 1)
    return Stock(
        name,
        title,
        iso,
        "black-and-white",
        dmin=(dmin,),
        gamma=(0.1 / (st * math.log(2)),),
        x0=(math.log10(0.8 / iso),),
        st=(st,),
        x1=(None,),
        ss=(None,),
        grain=grain,
        source="ISO 6:1993",
    )


_ALL = (
    Stock(
        "kodak_portra_160",
        "Kodak Portra 160",
        160,
        "color",
        dmin=(0.21, 0.62, 0.84),
        gamma=(0.539, 0.547, 0.615),
        x0=(-2.23, -2.3, -2.36),
        st=(0.17, 0.11, 0.15),
        x1=(0.87, 1.49, None),
        ss=(0.33, 0.36, None),
        grain=4.0,
        source="Kodak E-4051 (2025)",
    ),
    Stock(
        "kodak_portra_400",
        "Kodak Portra 400",
        400,
        "color",
        dmin=(0.22, 0.65, 0.87),
        gamma=(0.553, 0.558, 0.638),
        x0=(-2.66, -2.72, -2.85),
        st=(0.18, 0.12, 0.14),
        x1=(None, None, None),
        ss=(None, None, None),
        grain=4.0,
        source="Kodak E-4050 (2025)",
    ),
    Stock(
        "kodak_ektar_100",
        "Kodak Ektar 100",
        100,
        "color",
        dmin=(0.21, 0.63, 0.84),
        gamma=(0.621, 0.608, 0.674),
        x0=(-2.03, -2.08, -2.22),
        st=(0.19, 0.14, 0.13),
        x1=(1.46, 1.65, 2.44),
        ss=(0.8, 0.8, 0.8),
        grain=4.0,
        source="Kodak E-4046 (2025)",
    ),
    Stock(
        "kodak_gold_200",
        "Kodak Gold 200",
        200,
        "color",
        dmin=(0.25, 0.66, 0.96),
        gamma=(0.559, 0.585, 0.629),
        x0=(-2.35, -2.4, -2.33),
        st=(0.2, 0.21, 0.12),
        x1=(0.53, 0.49, 0.55),
        ss=(0.3, 0.3, 0.3),
        grain=4.0,
        source="Kodak E-7022",
    ),
    Stock(
        "kodak_ultramax_400",
        "Kodak UltraMax 400",
        400,
        "color",
        dmin=(0.29, 0.69, 0.98),
        gamma=(0.517, 0.544, 0.603),
        x0=(-2.76, -2.83, -2.78),
        st=(0.2, 0.16, 0.21),
        x1=(0.59, 0.65, 0.58),
        ss=(0.2, 0.32, 0.05),
        grain=5.0,
        source="Kodak E-7023 (2016)",
    ),
    Stock(
        "fujifilm_200",
        "Fujifilm 200",
        200,
        "color",
        dmin=(0.13, 0.37, 0.82),
        gamma=(0.567, 0.63, 0.662),
        x0=(-2.55, -2.65, -2.54),
        st=(0.4, 0.15, 0.48),
        x1=(None, None, None),
        ss=(None, None, None),
        grain=4.0,
        source="Fujifilm AF3-0261E",
    ),
    Stock(
        "fujifilm_400",
        "Fujifilm 400",
        400,
        "color",
        dmin=(0.16, 0.4, 0.89),
        gamma=(0.568, 0.631, 0.66),
        x0=(-2.84, -2.93, -2.83),
        st=(0.19, 0.13, 0.52),
        x1=(None, None, 2.23),
        ss=(None, None, 0.8),
        grain=5.0,
        source="Fujifilm AF3-0262E",
    ),
    Stock(
        "fujifilm_pro_400h",
        "Fujicolor Pro 400H",
        400,
        "color",
        dmin=(0.17, 0.68, 0.95),
        gamma=(0.62, 0.59, 0.545),
        x0=(-2.31, -2.4, -2.48),
        st=(0.21, 0.17, 0.16),
        x1=(1.11, 1.69, 2.18),
        ss=(0.44, 0.8, 0.8),
        grain=4.0,
        source="Fujifilm AF3-176E",
    ),
    Stock(
        "kodak_vision3_500t",
        "Kodak Vision3 500T",
        500,
        "color",
        dmin=(0.19, 0.59, 0.84),
        gamma=(0.466, 0.547, 0.527),
        x0=(-3.03, -3.02, -3.01),
        st=(0.28, 0.26, 0.22),
        x1=(0.7, 0.8, 0.69),
        ss=(0.4, 0.4, 0.4),
        grain=5.0,
        source="Kodak Vision3 500T data sheet",
        balance="tungsten",
    ),
    _iso6("ilford_hp5_plus", "Ilford HP5 Plus", 400, dmin=0.26, grain=17.0),
    _iso6("kodak_tri_x_400", "Kodak Tri-X 400", 400, dmin=0.28, grain=17.0),
)

STOCKS: dict[str, Stock] = {stock.name: stock for stock in _ALL}
"""Every stock by name."""

COLOR_STOCKS: tuple[str, ...] = tuple(stock.name for stock in _ALL if stock.kind == "color")
"""Names of the color negative stocks."""
