"""Legepanelet: the report generator of the Norwegian physicians' panel."""
