"""The domains that every indicator is shown for, in the order of a table's rows."""


def domains(report) -> list[tuple[str, str, dict]]:
    """Everyone, each sex, age group and position: (heading, label, key columns of the results)."""
    panel, words, lang = report.book.panel, report.words, report.lang
    found = [("", words["all"], {})]
    found += [(words["sex"], label[lang], {"by": "sex", "level": level}) for level, label in panel.sex.items()]
    found += [
        (words["age_group"], label[lang], {"by": "age_group", "level": level})
        for level, label in panel.age_groups.items()
    ]
    found += [
        (words["position"], group.label[lang], {"by": "position", "level": level})
        for level, group in panel.reporting_positions.items()
    ]
    return found
