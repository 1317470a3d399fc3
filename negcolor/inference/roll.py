"""Rolls: all frames of a film converted with one balance."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.images.color import to_network
from negcolor.images.resize import downscale_to
from negcolor.inference.convert import NegativeConverter
from negcolor.inference.models import generator_converter

LONG_SIDE = 512  # pixels at which a frame is read; the prior looks at fewer still


def roll_converter(converter: NegativeConverter, scans: Sequence[Path]) -> NegativeConverter:
    """A converter that balances every image as suits most frames of a roll.

    Film base, contrast and color balance are found once for all, so that frames of one light look
    alike and a frame of more exposure stays lighter. Frames of another kind change little as long
    as they are few, see `negcolor.networks.roll_balance`. Scans that cannot be read are left out.

    Args:
        converter: of a generator with a density prior; its options do not count.
        scans: the frames.

    Raises:
        NegcolorError: the converter has no generator or that has no density prior, or no scan can
            be read.
    """
    if converter.generator is None:
        raise NegcolorError(
            "--roll needs the layers of a network, which an exported model does not give: name a "
            "bundled model, a run folder or a .keras file as --model."
        )

    from negcolor.networks.roll_balance import balance_reader, common_balance, with_roll_balance

    read_balance = balance_reader(converter.generator)
    balances = []
    for scan in scans:
        with suppress(NegcolorError):  # told when it is converted
            balances.append(read_balance(to_network(downscale_to(io.read(scan), LONG_SIDE))))
    if not balances:
        raise NegcolorError(f"none of the scans can be read, {scans[0]} for one: check the files.")
    return generator_converter(with_roll_balance(converter.generator, common_balance(balances)))
