"""Sizes of memory as people write them."""

import re

from negcolor.errors import NegcolorError

MINIMUM = 2**30
"""Bytes; with less, next to nothing is left beside TensorFlow and a model."""

_PREFIXES = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_memory(text: str) -> int:
    """Bytes of a size such as "2GiB", "1500 MB", "0.5g" or "2147483648".

    KB, MB, GB and TB are powers of 1000, KiB … TiB and the bare letters powers of 1024.

    Raises:
        NegcolorError: the text is no size, or the size is below `MINIMUM`.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *([KMGT]?)(I?B?)", text.strip(), re.I | re.ASCII)
    if not match or match[3].upper() == "I" or (match[3].upper() == "IB" and not match[2]):
        raise NegcolorError(
            f"{text!r} is no size of memory: write it as in 2GiB, 1500MB or 2147483648 (bytes)."
        )
    base = 1000 if match[2] and match[3].upper() == "B" else 1024
    size = int(float(match[1]) * base ** _PREFIXES[match[2].upper()])
    if size < MINIMUM:
        raise NegcolorError(f"{text} of memory is too little: give at least 1GiB.")
    return size
