"""`python -m tools.schema`: writes the results' description, `analysis/results/results.schema.json`, anew from `analysis/results/schema.py`."""

import json

from analysis.results import table_schema
from analysis.settings import ROOT

if __name__ == "__main__":
    path = ROOT / "analysis" / "results" / "results.schema.json"
    path.write_text(json.dumps(table_schema(), indent=1) + "\n", encoding="utf-8")
