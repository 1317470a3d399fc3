"""What is said when a run folder cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from negcolor.errors import NegcolorError


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Put around whatever writes into a run folder and does nothing else.

    Raises:
        NegcolorError: for an error of the file system, such as a full disk.
    """
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        text = error.strerror or str(error) if isinstance(error, OSError) else error.message
        reason = text.split(" [Op:")[0].split("; ")[-1]  # TensorFlow: "FILE; REASON [Op:NAME]"
        raise NegcolorError(
            f"{folder} cannot be written ({reason}): free some space or mend its permissions, "
            f"then continue with --resume {folder}."
        ) from error
