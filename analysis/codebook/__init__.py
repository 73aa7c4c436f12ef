"""What was asked: questions, scales, waves, labels, breaks and population figures as typed objects."""

from analysis.codebook.load import load
from analysis.codebook.model import Codebook, Grouping, Indicator, Instrument, Question, Scale, Wave

__all__ = ["Codebook", "Grouping", "Indicator", "Instrument", "Question", "Scale", "Wave", "load"]
