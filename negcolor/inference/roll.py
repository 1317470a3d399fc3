"""Rolls: all frames of a film printed alike."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from negcolor.errors import NegcolorError
from negcolor.images import io
from negcolor.images.color import to_network, to_unit
from negcolor.images.resize import downscale_to
from negcolor.inference.models import KerasNetwork, Network

LONG_SIDE = 512  # pixels at which a frame is judged; the prior looks at fewer still


def roll_network(network: Network, scans: Sequence[Path]) -> KerasNetwork:
    """A network that prints every image with what suits most frames of a roll.

    Film base, contrast and balance are found once for all, so that frames of one light look alike
    and a frame of more exposure stays lighter. Frames of another kind change little as long as
    they are few, see `negcolor.networks.roll_balance`. Scans that cannot be read are left out.

    Args:
        network: with a density prior.
        scans: the frames.

    Raises:
        NegcolorError: the network has no density prior or its layers are not known, or no scan
            can be read.
    """
    if not isinstance(network, KerasNetwork):
        raise NegcolorError(
            "--roll needs the layers of a network, which an exported model does not give: name a "
            "model that comes along, a run folder or a .keras file as --model."
        )

    from negcolor.networks.roll_balance import balance_reader, common_balance, with_roll_balance

    judge = balance_reader(network.generator)
    balances = []
    for scan in scans:
        with suppress(NegcolorError):  # told when it is converted
            balances.append(judge(to_network(to_unit(downscale_to(io.read(scan), LONG_SIDE)))))
    if not balances:
        raise NegcolorError(f"none of the scans can be read, {scans[0]} for one: check the files.")
    return KerasNetwork(with_roll_balance(network.generator, common_balance(balances)))
