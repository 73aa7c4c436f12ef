"""Legepanelet: the report generator of the Norwegian physicians' panel."""

import os

# Set before numpy loads. Sums are in one order whatever the number of cores; two tasks at a time use two of them as it is.
os.environ["OMP_NUM_THREADS"] = "1"
