"""Raw files in: the coded answers of one wave, and a list of everything that could not be used."""
