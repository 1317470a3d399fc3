"""Architecture reports: layers, parameters and drawings of the networks."""
