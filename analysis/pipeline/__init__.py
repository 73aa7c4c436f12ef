"""From raw files to documents: what hangs on what, and what has to be made again."""

from analysis.intake.source import find
from analysis.pipeline.building import alone, build, of_the_disk
from analysis.pipeline.files import (
    APPENDIX,
    Run,
    articles,
    attacked_file,
    derived,
    document_files,
    fingerprint,
    known_waves,
    plans_of,
    results_file,
)
from analysis.pipeline.runs import check_articles, document_tasks, results_tasks, source
from analysis.pipeline.state import pending
from analysis.pipeline.tasks import synthetic_tasks

__all__ = [
    "APPENDIX", "Run", "alone", "articles", "attacked_file", "build", "check_articles", "derived", "document_files", "document_tasks",
    "find", "fingerprint", "known_waves",
    "of_the_disk", "pending", "plans_of", "results_file", "results_tasks", "source", "synthetic_tasks",
]  # fmt: skip
