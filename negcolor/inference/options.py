"""What converts the scans of a batch, as the options of negcolor-colorize say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from negcolor.converters.classical import CLASSICAL
from negcolor.errors import NegcolorError, lookup
from negcolor.inference.colorization import GreyNegativeConverter, load_grey_converter
from negcolor.inference.convert import DEFAULT_MEMORY, Converter, Method, NegativeConverter
from negcolor.inference.models import default_folder, load_converter
from negcolor.inference.roll import roll_converter
from negcolor.inference.trims import NO_TRIMS, Trims


@dataclass(frozen=True)
class ConversionOptions:
    """The choice of a converter: checked when it is made, loaded when it is needed.

    Attributes:
        model: of negatives, see `models.find_model`; None for the default one.
        server: address of a served model instead.
        classical: name of a classical converter instead.
        system: run folder or export of a grey-to-color system: the scans are positives.
        black_and_white: whether the positives of negatives are made grey.
        then: system that colors these grey positives.
        roll: whether the scans are one film, whose frames are balanced alike.
        method: how each scan is converted.
        memory: bytes that the process may take in all.
        trims: of the results.

    Raises:
        NegcolorError: options exclude each other, or there is no such classical converter.
    """

    model: Path | None = None
    server: str | None = None
    classical: str | None = None
    system: Path | None = None
    black_and_white: bool = False
    then: Path | None = None
    roll: bool = False
    method: Method = Method.AUTO
    memory: int = DEFAULT_MEMORY
    trims: Trims = NO_TRIMS

    def __post_init__(self) -> None:
        if self.system is not None:
            self._check_system()
        if self.then is not None and not self.black_and_white:
            raise NegcolorError(
                "--then colors the grey positives that --black-and-white makes of negatives: add "
                "that, or color positives with --system."
            )
        if sum(given is not None for given in (self.model, self.server, self.classical)) > 1:
            raise NegcolorError("give only one of --model, --server and --classical.")
        if self.roll and (self.server is not None or self.classical is not None):
            raise NegcolorError(
                "--roll needs the layers of a network: leave --server or --classical out."
            )
        if self.classical is not None:
            lookup(CLASSICAL, self.classical, "classical converter")
            if self.method not in (Method.AUTO, Method.WHOLE):
                raise NegcolorError("--classical converters see whole scans: leave out --method.")

    def _check_system(self) -> None:
        given = {
            "--model": self.model is not None,
            "--server": self.server is not None,
            "--classical": self.classical is not None,
            "--roll": self.roll,
            "--black-and-white": self.black_and_white,
            "--then": self.then is not None,
            "--method": self.method is not Method.AUTO,
        }
        if names := [name for name, is_given in given.items() if is_given]:
            raise NegcolorError(
                "--system colors positives that are there already: leave out "
                f"{' and '.join(names)}, or give --black-and-white --then for negatives."
            )

    def load(self, scans: Sequence[Path]) -> Converter:
        """The converter.

        Args:
            scans: all frames of the roll, where `roll` is set.

        Raises:
            NegcolorError: a model is not there or cannot be read, or cannot do what is asked of it;
                the server does not answer.
        """
        if self.system is not None:
            return load_grey_converter(self.system, self.trims)
        if self.then is None:
            return self._negative_converter(scans, self.trims)
        grey = load_grey_converter(self.then, self.trims)
        return GreyNegativeConverter(self._negative_converter(scans, NO_TRIMS), grey)

    def _negative_converter(self, scans: Sequence[Path], trims: Trims) -> NegativeConverter:
        converter = self._loaded()
        if self.roll:
            converter = roll_converter(converter, scans)
        return replace(
            converter,
            method=Method.WHOLE if self.classical is not None else self.method,
            memory=self.memory,
            trims=trims,
            neutral=self.black_and_white,
        )

    def _loaded(self) -> NegativeConverter:
        """The model, server or formula, as it is without further options."""
        if self.classical is not None:
            return NegativeConverter(lookup(CLASSICAL, self.classical, "classical converter"))
        if self.server is not None:
            from negcolor.inference.serving_client import ServedModel

            served = ServedModel(self.server)
            served.check()
            return NegativeConverter(served.run, check=served.check)
        return load_converter(default_folder() if self.model is None else self.model)
