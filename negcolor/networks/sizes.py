"""Which sizes of pictures fit a network whose pictures all have one size."""

from negcolor.errors import NegcolorError


def check_size(image_size: int, step: int) -> None:
    """Complains about a side that is not a multiple of `step` pixels.

    Raises:
        NegcolorError: it is not.
    """
    if image_size < step or image_size % step:
        raise NegcolorError(
            f"--image-size {image_size} does not fit the networks of this system; give a multiple "
            f"of {step}."
        )
