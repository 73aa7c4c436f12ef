"""A wave's designs as files for other software, and its results computed a second time from them, in R."""
