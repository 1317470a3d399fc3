"""tf.data pipelines: from files, TensorFlow Datasets or the demo roll to training batches."""
