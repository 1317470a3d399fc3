"""Work on an image in blocks of rows, by as many threads as there are processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

ROWS = 32  # of a block; every thread holds several float32 copies of one


def map_row_blocks(work: Callable[[int, int], Result], height: int) -> list[Result]:
    """Calls work(start, stop) for every block [start, stop) of an image's rows, in any order.

    Returns:
        What the calls returned, from the top to the bottom.
    """
    starts = range(0, height, ROWS)
    stops = [min(start + ROWS, height) for start in starts]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, starts, stops))
