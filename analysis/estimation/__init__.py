"""The weighted panel in, the complete results table out: one row per estimate."""
