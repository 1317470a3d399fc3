"""The comparison of modifications trained under one budget: the paper's ablation."""
