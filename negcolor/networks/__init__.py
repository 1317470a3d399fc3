"""Keras models: generators, discriminators and the layers that they are made of."""
