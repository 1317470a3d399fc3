"""Ablation studies: many trainings under one budget, compared."""
