"""Classical converters of negatives: formulas that were never trained."""
