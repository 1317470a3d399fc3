"""The steps on pairs, each checked by numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from negcolor.experiments.phases import Gan, Phase, Regression, Wgan, adam
from negcolor.training.losses import gradient_penalty
from negcolor.training.paired import AlternatingGan, PairedTraining, WassersteinGan

pytestmark = pytest.mark.slow

SIZE = 8
ADAM = adam(1e-2)


def networks(judged_channels=3):
    keras.utils.set_random_seed(1)
    generator = keras.Sequential(
        [keras.Input((SIZE, SIZE, 1)), layers.Conv2D(4, 3, padding="same"), layers.ReLU(),
         layers.Dropout(0.5), layers.Conv2D(2, 1, activation="tanh")]
    )  # fmt: skip
    discriminator = keras.Sequential(
        [keras.Input((SIZE, SIZE, judged_channels)), layers.Conv2D(4, 3), layers.LeakyReLU(),
         layers.Conv2D(1, 3)]
    )  # fmt: skip
    return {"generator_g": generator, "discriminator_y": discriminator}


def pair(step=0, batch=2):
    """(L*, a* and b*)."""
    lab = tf.random.stateless_uniform((batch, SIZE, SIZE, 3), (step, 7), -1, 1)
    return lab[..., :1], lab[..., 1:]


LIGHTNESS, COLORS = pair()


def still_networks(channels=3):
    """Networks without dropout, and what they make of `pair()` before any step: by a function."""
    nets = networks(channels)
    nets["generator_g"] = keras.Sequential(
        [keras.Input((SIZE, SIZE, 1)), layers.Conv2D(2, 1, activation="tanh")]
    )
    copies = {name: keras.models.clone_model(network) for name, network in nets.items()}
    for name, copy in copies.items():
        copy.set_weights(nets[name].get_weights())

    def logits(colors):
        seen = np.concatenate([LIGHTNESS, colors], axis=-1) if channels == 3 else colors
        return np.asarray(copies["discriminator_y"](seen), "float64")

    fake = np.asarray(copies["generator_g"](LIGHTNESS))
    return nets, logits, fake


def softplus(x):
    return np.log1p(np.exp(np.asarray(x, "float64")))


def values(network):
    return [np.array(variable) for variable in network.trainable_variables]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def built(trainer, *rates):
    trainer.compile(*(keras.optimizers.SGD(rate) for rate in rates))
    return trainer


def phase(step):
    return Phase(name="phase", step=step, generator=ADAM, discriminator=ADAM)


def gan(nets, generator_steps=1, **options):
    step = Gan(**options)
    trainer = AlternatingGan(phase(step), step, nets, discriminator_every=generator_steps)
    return built(trainer, 0.01, 0.01)


def wgan(nets, **options):
    step = Wgan(**options)
    return built(WassersteinGan(phase(step), step, nets), 0.01, 0.01)


@pytest.mark.parametrize(("loss", "power"), [("l1", 1), ("mse", 2)])
def test_regression_trains_the_generator_alone_by_its_loss(loss, power):
    nets = networks()
    nets["generator_g"] = keras.Sequential(  # without dropout
        [keras.Input((SIZE, SIZE, 1)), layers.Conv2D(2, 1, activation="tanh")]
    )
    before = {name: values(network) for name, network in nets.items()}
    result = np.array(nets["generator_g"](LIGHTNESS))
    step = Regression(weights={loss: 1.0})
    losses = built(PairedTraining(phase(step), step, nets, losses=[loss]), 0.1).train_step(pair())
    expected = np.mean(np.abs(result - COLORS) ** power)
    assert float(losses[loss]) == pytest.approx(expected, rel=1e-5)
    assert not same(before["generator_g"], values(nets["generator_g"]))
    assert same(before["discriminator_y"], values(nets["discriminator_y"]))


@pytest.mark.parametrize("channels", [2, 3])
def test_a_gan_trains_both_networks_whether_or_not_the_discriminator_sees_the_grey_image(
    channels,
):
    nets = networks(channels)
    before = {name: values(network) for name, network in nets.items()}
    losses = gan(nets).train_step(pair())
    assert list(losses) == ["generator", "adversarial", "l1", "discriminator"]
    total = float(losses["adversarial"]) + 100 * float(losses["l1"])
    assert float(losses["generator"]) == pytest.approx(total, rel=1e-5)
    assert not any(same(before[name], values(network)) for name, network in nets.items())


@pytest.mark.parametrize("channels", [2, 3])
def test_the_discriminator_learns_to_tell_real_colors_from_generated_ones(channels):
    """Eq. 1 in NumPy: softplus(-logits) of real and softplus(logits) of generated colors."""
    nets, logits, fake = still_networks(channels)
    losses = gan(nets).train_step(pair())
    expected = 0.5 * (softplus(-logits(COLORS)).mean() + softplus(logits(fake)).mean())
    swapped = 0.5 * (softplus(logits(COLORS)).mean() + softplus(-logits(fake)).mean())
    assert abs(expected - swapped) > 1e-4
    assert float(losses["discriminator"]) == pytest.approx(expected, rel=1e-5)


def test_the_generator_wants_its_colors_taken_for_real_ones():
    nets, logits, fake = still_networks()
    trainer = gan(nets)
    trainer.discriminator_optimizer.learning_rate = 0.0  # it steps first
    losses = trainer.train_step(pair())
    assert float(losses["adversarial"]) == pytest.approx(softplus(-logits(fake)).mean(), rel=1e-5)
    l1 = np.abs(fake - COLORS).mean()
    assert float(losses["l1"]) == pytest.approx(l1, rel=1e-5)
    total = softplus(-logits(fake)).mean() + 100 * l1
    assert float(losses["generator"]) == pytest.approx(total, rel=1e-5)


def test_a_critic_and_its_generator_by_value():
    nets, logits, fake = still_networks()
    trainer = wgan(nets, critic_steps=1)
    trainer.discriminator_optimizer.learning_rate = 0.0
    losses = trainer.train_step(pair())
    assert float(losses["critic"]) == pytest.approx(
        logits(fake).mean() - logits(COLORS).mean(), rel=1e-4
    )
    assert float(losses["adversarial"]) == pytest.approx(-logits(fake).mean(), rel=1e-4)
    total = -logits(fake).mean() + 100 * np.abs(fake - COLORS).mean()
    assert float(losses["generator"]) == pytest.approx(total, rel=1e-5)


def test_a_gan_without_l1_weight_minimises_the_adversarial_loss_alone():
    losses = gan(networks(2), weights={"adversarial": 1.0, "l1": 0.0}).train_step(pair())
    assert float(losses["generator"]) == float(losses["adversarial"])


def test_the_discriminator_steps_once_per_five_generator_steps():
    nets = networks()
    trainer = gan(nets, generator_steps=5)
    step = tf.function(trainer.train_step)
    judged = [values(nets["discriminator_y"])]
    for number in range(11):
        made = values(nets["generator_g"])
        step(pair(number))
        assert not same(made, values(nets["generator_g"]))
        judged.append(values(nets["discriminator_y"]))
    moved = [n for n in range(1, 12) if not same(judged[n - 1], judged[n])]
    assert moved == [5, 10]
    assert int(trainer.generator_optimizer.iterations) == 11
    assert int(trainer.discriminator_optimizer.iterations) == 2


def test_five_critic_steps_per_generator_step_and_clipped_weights_after_each():
    nets = networks()
    trainer = wgan(nets, clip=0.01)
    step = tf.function(trainer.train_step)
    assert max(np.abs(w).max() for w in values(nets["discriminator_y"])) > 0.01
    moved = []
    for number in range(10):
        made, judged = values(nets["generator_g"]), values(nets["discriminator_y"])
        step(pair(number))
        moved.append(not same(made, values(nets["generator_g"])))
        assert not same(judged, values(nets["discriminator_y"]))
        weights = np.concatenate([w.ravel() for w in values(nets["discriminator_y"])])
        assert np.abs(weights).max() <= np.float32(0.01)
    assert moved == [False, False, False, False, True] * 2
    assert int(trainer.discriminator_optimizer.iterations) == 10
    assert int(trainer.generator_optimizer.iterations) == 2


def test_without_a_limit_no_weight_is_clipped():
    nets = networks()
    wgan(nets).train_step(pair())
    assert max(np.abs(w).max() for w in values(nets["discriminator_y"])) > 0.01


@keras.saving.register_keras_serializable(package="tests")
class Linear(layers.Layer):
    """Rates an image by w·x, whatever its L*; its gradient by the colors is w everywhere."""

    def build(self, input_shape):
        self.w = self.add_weight(shape=(SIZE, SIZE, 2), initializer="random_normal")

    def call(self, inputs):
        return ops.sum(inputs[..., 1:] * self.w, axis=(1, 2, 3), keepdims=True)


def test_the_gradient_penalty_of_a_linear_critic_is_its_closed_form():
    nets = networks()
    nets["discriminator_y"] = keras.Sequential([keras.Input((SIZE, SIZE, 3)), Linear()])
    w = np.array(nets["discriminator_y"].trainable_variables[0])
    losses = wgan(nets, gradient_penalty=10.0).train_step(pair())
    expected = (np.sqrt(np.sum(w.astype("float64") ** 2)) - 1) ** 2
    assert float(losses["penalty"]) == pytest.approx(expected, rel=1e-4)
    total = float(losses["critic"]) + 10 * expected
    assert float(losses["critic objective"]) == pytest.approx(total, rel=1e-4)


def test_the_gradient_penalty_alone():
    gradients = np.zeros((2, 3, 3, 2), "float32")
    gradients[0, 1, 1] = 3, 4  # norms 5 and 0
    assert float(gradient_penalty(gradients)) == pytest.approx((16 + 1) / 2, rel=1e-5)


def test_the_penalty_is_taken_between_real_and_generated_colors():
    nets = networks()
    trainer = wgan(nets, gradient_penalty=1.0)
    seen = []
    trainer.logits = lambda _, colors, training: (
        seen.append(colors) or ops.sum(colors, axis=(1, 2, 3), keepdims=True)
    )
    real, fake = tf.zeros((64, SIZE, SIZE, 2)), tf.ones((64, SIZE, SIZE, 2))
    gradients = trainer.gradients_between(pair(batch=64)[0], real, fake)
    places = np.array(seen[0])
    assert np.all(places == places[:, :1, :1, :1])  # one place per image
    assert 0 <= places.min() < 0.1 < 0.9 < places.max() <= 1
    assert np.all(np.array(gradients) == 1)


def test_both_networks_of_a_simultaneous_gan_step_from_the_same_images():
    """By value; the discriminator's loss is of the images that the generator's is of."""
    nets, logits, fake = still_networks(2)
    step = Gan(weights={"l1": 2.0, "adversarial": 0.5}, simultaneous=True, loss="lsgan")
    trainer = built(PairedTraining(phase(step), step, nets), 0.01, 0.01)
    before = {name: values(network) for name, network in nets.items()}
    losses = trainer.train_step(pair())
    assert list(losses) == ["l1 G", "adversarial G", "discriminator Y"]
    expected = 0.5 * (((logits(COLORS) - 1) ** 2).mean() + (logits(fake) ** 2).mean())
    swapped = 0.5 * (((logits(fake) - 1) ** 2).mean() + (logits(COLORS) ** 2).mean())
    assert abs(expected - swapped) > 1e-4
    assert float(losses["discriminator Y"]) == pytest.approx(expected, rel=1e-5)
    assert float(losses["adversarial G"]) == pytest.approx(
        ((logits(fake) - 1) ** 2).mean(), rel=1e-5
    )
    assert not any(same(before[name], values(network)) for name, network in nets.items())
