"""Exported models for TensorFlow Serving: signatures, warm-up requests, model cards."""
