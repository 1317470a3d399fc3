"""tf.data pipelines: from files, TensorFlow Datasets or the demo roll to training batches.

A top-level package beside `negcolor` and not a part of it: only what trains imports it, and its
tf.data graphs, unlike the models, need TensorFlow whatever backend Keras uses.
"""
