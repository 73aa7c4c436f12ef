"""What was asked: questions, scales, waves, labels, breaks and population figures as typed objects."""

import pandas as pd

from analysis.codebook.load import load
from analysis.codebook.model import Codebook, Grouping, Indicator, Instrument, Question, Scale, Wave

# Every stage begins here. Our columns of texts are short and are made and taken apart again and again; held by Arrow, as pandas does where
# it finds pyarrow, that takes a tenth of all work. What is read and written is the same.
pd.set_option("mode.string_storage", "python")

__all__ = ["Codebook", "Grouping", "Indicator", "Instrument", "Question", "Scale", "Wave", "load"]
