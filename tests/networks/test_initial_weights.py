"""Every layer draws its own weights, decided by Keras' global seed."""

import keras
import numpy as np

from negcolor.experiments.modifications import DiscriminatorConfig, GeneratorConfig
from negcolor.networks.discriminator import build_discriminator
from negcolor.networks.generator import build_generator


def starting_kernels(seed):
    """All kernels of two generators and two discriminators, flat."""
    keras.utils.set_random_seed(seed)
    networks = [
        build_generator(GeneratorConfig(filters=16, residual_blocks=2)),
        build_generator(GeneratorConfig(filters=16, residual_blocks=2, skip_connections=True)),
        build_discriminator(DiscriminatorConfig(filters=16)),
        build_discriminator(DiscriminatorConfig(filters=16, spectral_normalization=True)),
    ]
    weights = [weight for network in networks for weight in network.get_weights()]
    return [kernel.ravel() for kernel in weights if kernel.ndim == 4]


def test_kernels_are_normal_and_no_two_begin_alike():
    kernels = starting_kernels(seed=1)
    starts = {tuple(kernel[:3]) for kernel in kernels}
    assert len(starts) == len(kernels)
    values = np.concatenate(kernels)
    np.testing.assert_allclose(values.std(), 0.02, rtol=0.01)
    np.testing.assert_allclose(values.mean(), 0.0, atol=1e-4)


def test_the_seed_decides_the_weights():
    once, again, other = (starting_kernels(seed) for seed in (1, 1, 2))
    for kernel, same, different in zip(once, again, other, strict=True):
        np.testing.assert_array_equal(kernel, same)
        assert not np.array_equal(kernel, different)
