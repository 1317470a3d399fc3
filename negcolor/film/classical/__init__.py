"""Converters that photographers use today, from their formulas."""
