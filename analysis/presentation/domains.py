"""The domains that every indicator is shown for, in the order of a table's rows."""

from analysis.codebook.model import JOINT
from analysis.results import Row


def domains(report) -> list[tuple[str, str, dict]]:
    """Everyone, and each level of each grouping: (heading, label, key columns of the results)."""
    return [("", report.words["all"], {})] + [
        (grouping.label[report.lang], label, {"by": name, "level": level})
        for name, grouping in report.book.groupings.items() for level, label in levels(report, name).items()
    ]  # fmt: skip


def levels(report, by: str) -> dict[str, str]:
    """Level -> label of a grouping; what several levels are shown as in any table of the wave stands behind the first of them."""
    grouping, found = report.book.groupings[by], {}
    joint = {level.split(JOINT)[0]: level for level in sorted(report.joint_levels.get(by, ()))}
    for level in grouping.levels:
        found |= {name: grouping.label_of(name, report.lang) for name in [level, *(j for first, j in joint.items() if first == level)]}
    return found


def parts(rows: dict[str, Row | None]) -> set[str]:
    """Of a table's rows by level, the levels that are shown within a joint one."""
    return {part for level, row in rows.items() if JOINT in level and row is not None for part in level.split(JOINT)}
