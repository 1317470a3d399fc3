"""Options of a study: understood, kept in its folder, compared with those that are given later."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from negcolor.atomic import atomic_write_text
from negcolor.errors import NegcolorError
from negcolor.experiments.config import option
from negcolor.experiments.modifications import NUMBERED, modification
from negcolor.experiments.studies import find_study
from negcolor.studies.study import OF_MODIFICATIONS, AblationStudy, CompanionStudy, Study

OPTIONS = "options.json"
ENTRIES = ("modifications", "variants")  # options that name what is trained


def plan_study(folder: Path, paper: str | None, given: Mapping[str, Any]) -> Study:
    """The study in the folder, to which entries and seeds may be added, or a new one.

    Args:
        folder: the study's, which need not exist.
        paper: the number of a companion paper; None for a study of modifications.
        given: the options that the user gave, by name: "modifications", "variants" and "seeds" as
            text, such as "0-3,7", the others as the configuration of the runs has them.

    Raises:
        NegcolorError: an option is not understood, does not go with such a study, or contradicts
            the study in the folder.
    """
    kind = OF_MODIFICATIONS if paper is None else find_study(paper).number
    _check_options(kind, given)
    budget = {name: value for name, value in given.items() if name not in (*ENTRIES, "seeds")}
    names = _named(given)
    seeds = _numbers(given["seeds"], "seeds") if "seeds" in given else None
    if not (folder / OPTIONS).is_file():
        if "data" not in budget:
            what = "a folder" if paper is None else "a folder of photographs"
            raise NegcolorError(f"--data is missing; name {what}, or demo.")
        return _study(kind, names, seeds, budget)
    begun = load_study(folder)
    _check_kind(folder, begun.kind, kind)
    _check_budget(folder, begun.full_budget(), budget)
    wanted = _study(
        kind,
        begun.names if names is None else names,
        begun.seeds if seeds is None else seeds,
        begun.budget,
    )
    _check_grown(folder, begun.names, wanted.names)
    _check_grown(folder, begun.seeds, wanted.seeds)
    return wanted


def _study(
    kind: str,
    names: Sequence[str] | None,
    seeds: Sequence[int] | None,
    budget: Mapping[str, Any],
) -> Study:
    """A study; None for the names and the seeds that such a study has by default."""
    if kind == OF_MODIFICATIONS:
        seeds = AblationStudy.default_seeds if seeds is None else seeds
        return AblationStudy(tuple(seeds), budget, tuple(NUMBERED if names is None else names))
    seeds = CompanionStudy.default_seeds if seeds is None else seeds
    return CompanionStudy(tuple(seeds), budget, find_study(kind))


def _check_options(kind: str, given: Mapping[str, Any]) -> None:
    """Refuses options of the other kind of study."""
    of_modifications = kind == OF_MODIFICATIONS
    config = (AblationStudy if of_modifications else CompanionStudy).config_class
    known = {field.name for field in dataclasses.fields(config)} | {"seeds"}
    if of_modifications:
        known |= {*ENTRIES}
    for name in given:
        if name not in known:
            where = "goes with --study only" if of_modifications else "does not go with --study"
            raise NegcolorError(f"{option(name)} {where}; leave it out.")


def _named(given: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The keys that "0-3,7" and "patch-34,layer-norm" name together; None where nothing is said."""
    if not any(name in given for name in ENTRIES):
        return None
    numbered: Sequence[int | str] = NUMBERED
    if "modifications" in given:
        numbered = _numbers(given["modifications"], "modifications")
    variants = _parts(given.get("variants", ""))
    return tuple(modification(key).key for key in (*numbered, *variants))


def _numbers(text: str, name: str) -> tuple[int, ...]:
    """The numbers that "0,4,7-9" names."""
    numbers: list[int] = []
    for part in _parts(text):
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part, re.ASCII)
        if match is None:
            raise NegcolorError(
                f"{option(name)} {text!r} is not understood at {part!r}; give numbers and ranges, "
                "such as 0,4,7-9."
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < 1000:
            raise NegcolorError(f"{option(name)}: the range {part} is empty or too long.")
        numbers += range(first, last + 1)
    return tuple(numbers)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def save_study(folder: Path, study: Study) -> None:
    """Writes what belongs to a new study, or to one that has grown.

    Raises:
        NegcolorError: the folder holds other things than a study, or cannot be written.
    """
    file = folder / OPTIONS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.is_file() and any(folder.iterdir()):
            raise NegcolorError(
                f"{folder} is not empty and no study; give --output another folder."
            )
        atomic_write_text(file, json.dumps(study.record(), indent=2) + "\n")
    except OSError as error:
        raise NegcolorError(
            f"{folder} cannot be written ({error.strerror}); give --output another folder."
        ) from error


def load_study(folder: Path) -> Study:
    """The study in a folder.

    Raises:
        NegcolorError: the folder is no study, or one of another version of negcolor.
    """
    try:
        record = json.loads((folder / OPTIONS).read_text(encoding="utf-8"))
        if "names" not in record and {"study", "modifications"} & record.keys():
            raise _of_another_version(folder)
        study = _study(record["study"], record["names"], record["seeds"], record["budget"])
        names = tuple(record["names"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NegcolorError(
            f"{folder} is not a study of negcolor-ablate (no readable {OPTIONS} in it); give "
            "--output another folder."
        ) from error
    if study.names != names:
        raise _of_another_version(folder)
    return study


def _of_another_version(folder: Path) -> NegcolorError:
    return NegcolorError(
        f"{folder} was begun by another version of negcolor, whose studies cannot be continued or "
        "reported; give --output another folder."
    )


def _check_kind(folder: Path, begun: str, wanted: str) -> None:
    if begun == wanted:
        return
    if begun == OF_MODIFICATIONS:
        what, remedy = "of modifications", "leave --study out"
    else:
        what, remedy = f"of paper {begun}", f"give --study {begun}"
    raise NegcolorError(f"{folder} is a study {what}; {remedy}, or --output another folder.")


def _check_budget(folder: Path, begun: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Compares options that the user gives with those that a study was begun with."""
    for name, value in given.items():
        first = begun[name]
        if value != first:
            started = "the default" if first is None else first
            raise NegcolorError(
                f"{option(name)} {value} contradicts {folder}, which was started with {started}; "
                "leave the option out, or give --output another folder."
            )


def _check_grown(folder: Path, begun: Iterable[Any], wanted: Iterable[Any]) -> None:
    """Compares the entries, or the seeds, of a study with those that are asked for now."""
    missing = set(begun) - set(wanted)
    if missing:
        names = ", ".join(sorted(map(str, missing)))
        raise NegcolorError(
            f"{folder} was started with {names} as well; name them, too, or leave the option "
            "out, or give --output another folder."
        )
