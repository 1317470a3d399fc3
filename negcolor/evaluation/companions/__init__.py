"""The companion papers' systems trained under one budget, beside the figures that they print."""
