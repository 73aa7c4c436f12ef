"""Legepanelet: the report generator of the Norwegian physicians' panel."""

import os

# Set before numpy and polars load. Sums are in one order whatever the number of cores; two tasks at a time use two of them as it is.
for _threads in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"):
    os.environ[_threads] = "1"
