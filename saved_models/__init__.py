"""The trained models that come with negcolor, one compact model per folder."""
