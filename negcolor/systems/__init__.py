"""The grey-to-colour systems of the four companion papers, as data."""
