"""What all studies share: their folder, their figures and their documents."""
