"""Metrics of results, of sets of results, and the report of an evaluation."""
