"""The results table: the contract between the stages, which imports nothing of theirs."""

from analysis.results.rows import Key, Row, table
from analysis.results.schema import COLUMNS, DECIMALS, FIGURES, NUMBERS, TEXT, WHOLE, check, table_schema

__all__ = ["COLUMNS", "DECIMALS", "FIGURES", "NUMBERS", "TEXT", "WHOLE", "Key", "Row", "check", "table", "table_schema"]
