"""Film that was not developed as its data sheet says, or too late: emulsions made of emulsions."""

import math

import tensorflow as tf

from negcolor.film.chance import Range, between
from negcolor.film.stocks import Emulsion

PUSHED = 0.5
"""Share of pushed and pulled films among the aged ones; the others are expired."""

# Pushing (more stops) and pulling (fewer). Every layer draws its own gain of contrast, so that
# the colors of lights and shadows drift apart, as they do.
PUSH_STOPS: Range = (-1.0, 2.0)
PUSH_CONTRAST: Range = (0.10, 0.15)  # share of gamma per stop
PUSH_FOG: Range = (0.01, 0.05)  # density per stop
PUSH_SPEED = 0.3  # stops of true speed per stop; the rest of a push is contrast

# Films beyond their date: per layer red, green, blue. The blue layer lies on top and fogs most.
EXPIRED_FOG = ((0.0, 0.0, 0.0), (0.2, 0.2, 0.3))
EXPIRED_CONTRAST: Range = (-0.25, 0.0)  # share of gamma
EXPIRED_SPEED: Range = (-1.0, 0.0)  # stops, all layers alike
EXPIRED_DRIFT: Range = (-0.2, 0.2)  # stops, each layer by itself


def altered(film: Emulsion, fog: tf.Tensor, contrast: tf.Tensor, speed: tf.Tensor) -> Emulsion:
    """The film with other curves.

    Args:
        film: fields of shape (layers,).
        fog: (layers,) or (), density added to Dmin.
        contrast: (layers,) or (), change of gamma as a share of it.
        speed: (layers,) or (), stops of sensitivity gained, by which curves move to lower logH.
    """
    shift = -math.log10(2) * speed
    return film._replace(
        dmin=film.dmin + fog,
        gamma=film.gamma * (1.0 + contrast),
        x0=film.x0 + shift,
        x1=film.x1 + shift,
    )


def age_at_random(film: Emulsion, seed: tf.Tensor) -> Emulsion:
    """Pushes, pulls or expires a film of three layers; `seed` is (2,), integer."""
    draws = tf.random.stateless_uniform((5, 3), seed)
    stops = between(draws[0, 0], PUSH_STOPS)
    pushed = altered(
        film,
        fog=stops * between(draws[1], PUSH_FOG),
        contrast=stops * between(draws[2], PUSH_CONTRAST),
        speed=stops * PUSH_SPEED,
    )
    expired = altered(
        film,
        fog=between(draws[1], EXPIRED_FOG),
        contrast=between(draws[2], EXPIRED_CONTRAST),
        speed=between(draws[3], EXPIRED_DRIFT) + between(draws[0, 0], EXPIRED_SPEED),
    )
    is_pushed = draws[4, 0] < PUSHED
    return tf.nest.map_structure(lambda a, b: tf.where(is_pushed, a, b), pushed, expired)
