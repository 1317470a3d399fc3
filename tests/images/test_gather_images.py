"""Finding the images among the inputs of a command."""

import numpy as np
import pytest

from negcolor.errors import NegcolorError
from negcolor.images.io import gather_images, write

IMAGE = np.zeros((2, 3, 3), np.uint8)


def test_images_are_found_in_files_and_folders_once_each(tmp_path):
    for name in ("b.png", "a.png"):
        write(tmp_path / name, IMAGE)
    found = gather_images([tmp_path / "b.png", tmp_path])
    assert found == [tmp_path / "b.png", tmp_path / "a.png"]


def test_a_missing_image_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(NegcolorError, match=r"none\.png does not exist"):
        gather_images([tmp_path / "none.png"])
    with pytest.raises(NegcolorError, match=f"{tmp_path} holds no pictures"):
        gather_images([tmp_path])
