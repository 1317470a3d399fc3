"""What the papers say: modifications, systems, networks, phases and figures as data."""
