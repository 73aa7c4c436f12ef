"""From raw files to documents: what hangs on what, and what has to be made again."""

from analysis.intake.source import find
from analysis.pipeline.building import alone, build, of_the_disk
from analysis.pipeline.files import (
    APPENDIX,
    Run,
    articles,
    derived,
    document_files,
    known_waves,
    plans_of,
    results_file,
)
from analysis.pipeline.runs import remember, results_tasks, source, up_to_date
from analysis.pipeline.tasks import document_task, synthetic_task

__all__ = [
    "APPENDIX", "Run", "alone", "articles", "build", "derived", "document_files", "document_task", "find", "known_waves", "of_the_disk", "plans_of",
    "remember", "results_file", "results_tasks", "source", "synthetic_task", "up_to_date",
]  # fmt: skip
