"""The domains that every indicator is shown for, in the order of a table's rows."""


def domains(report) -> list[tuple[str, str, dict]]:
    """Everyone, and each level of each grouping: (heading, label, key columns of the results)."""
    words, lang = report.words, report.lang
    return [("", words["all"], {})] + [
        (grouping.label[lang], label[lang], {"by": name, "level": level})
        for name, grouping in report.book.groupings.items() for level, label in grouping.labels.items()
    ]  # fmt: skip
