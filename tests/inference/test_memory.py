"""Sizes of memory as people write them."""

import pytest

from negcolor.errors import NegcolorError
from negcolor.inference.memory import parse_memory


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GiB", 2 * 1024**3),
        ("1.5 GiB", 1536 * 1024**2),
        ("1500MB", 1_500_000_000),
        ("1.5gb", 1_500_000_000),
        (" 3g ", 3 * 1024**3),
        ("4000000k", 4_000_000 * 1024),
        ("1TB", 10**12),
        ("0.25tib", 2**38),
        ("2147483648", 2**31),
        ("2147483648 B", 2**31),
        ("1024MiB", 2**30),
    ],
)
def test_sizes(text, size):
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    "text",
    ["", "much", "GiB", "-2GiB", "2,5GiB", "2GiBs", "2iB", "2I", "nan", "inf", "1e9", "٢GiB"],
)
def test_what_is_no_size(text):
    with pytest.raises(NegcolorError, match="is no size of memory: write it as in 2GiB"):
        parse_memory(text)


@pytest.mark.parametrize("text", ["0", "2", "1023MiB", "1GB", "100 KiB"])
def test_what_is_too_little(text):
    with pytest.raises(NegcolorError, match=f"^{text} of memory is too little"):
        parse_memory(text)
