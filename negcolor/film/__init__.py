"""Simulated film: exposure, development, scanners, and what goes wrong with negatives."""
