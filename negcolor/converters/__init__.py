"""Classical converters of negatives: formulas that learn nothing."""
