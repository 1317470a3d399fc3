"""Training the grey-to-colour systems of the companion papers."""
