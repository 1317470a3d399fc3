"""TensorFlow's remarks about the machine, kept off the standard error of a command.

TensorFlow's C++ libraries print how they were built and which processor and GPUs they see: some of
it while they are loaded, before any setting is read, the rest at their first use. None of it is
about what the user does. Failures reach Python as exceptions and are reported there.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# "I0000 00:00:1795276609.587426   21036 port.cc:153] ...", and what comes before the first of them.
REMARK = re.compile(
    rb"[IWE]\d{4} [\d:.]+ +\d+ \S+:\d+\]|WARNING: All log messages before|To enable the following"
)
FATAL_ONLY = "3"


def hide_remarks() -> None:
    """Hides them for the rest of the process; to see them, set TF_CPP_MIN_LOG_LEVEL=0.

    Processes that this one starts inherit the setting, and call this function, too.
    """
    level = os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", FATAL_ONLY)
    if level == FATAL_ONLY and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _QuietImport())


class _QuietImport(MetaPathFinder):
    """Hides what TensorFlow prints while it is imported, whoever imports it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def quietly(module: ModuleType) -> None:
                with _without_remarks():
                    execute(module)

            setattr(spec.loader, "exec_module", quietly)  # noqa: B010  (mypy: not assignable)
        return spec


@contextmanager
def _without_remarks() -> Iterator[None]:
    """Holds back what the process prints on standard error, and prints all but the remarks."""
    try:
        stderr = os.dup(2)
    except OSError:  # closed
        yield
        return
    with tempfile.TemporaryFile() as held, open(stderr, "wb", buffering=0) as original:
        sys.stderr.flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            held.seek(0)
            for line in held:
                if not REMARK.match(line):
                    original.write(line)
