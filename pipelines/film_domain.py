"""Negatives made on the fly: a domain of photographs whose crops are exposed on film."""

import tensorflow as tf

from negcolor.film.random_film import expose_on_random_film
from pipelines.domain import Domain


class ExposedOnFilm:
    """The negatives of a domain of color photographs, each crop on a film drawn at random.

    A photograph is cropped and turned before it is exposed, so that grain and scanner noise are
    never scaled and only pixels that are used are simulated.
    """

    def __init__(self, photographs: Domain):
        self.photographs = photographs

    def __len__(self) -> int:
        return len(self.photographs)

    def stream(self, seed: int, start: int, size: int) -> tf.data.Dataset:
        return self.photographs.stream(seed, start, size)

    def finish(self, crop: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return expose_on_random_film(crop, seed)
