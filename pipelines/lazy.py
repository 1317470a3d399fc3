"""Sequences whose elements are read when they are asked for."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Element = TypeVar("Element")


class Lazy(Sequence[Element]):
    """Elements behind functions that read them, so that any number fits in memory."""

    def __init__(self, loaders: Sequence[Callable[[], Element]]):
        self._loaders = loaders

    def __len__(self) -> int:
        return len(self._loaders)

    def __getitem__(self, index: Any) -> Any:
        chosen = self._loaders[index]
        return Lazy(chosen) if isinstance(index, slice) else chosen()
