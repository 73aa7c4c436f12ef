"""The tables that a document may ask for, by name."""

from analysis.presentation.tables.articles import (
    association,
    characteristics,
    development,
    levels,
    primary,
    specification,
)
from analysis.presentation.tables.fieldwork import (
    leavers,
    population,
    problems,
    published,
    representativeness,
    response,
)
from analysis.presentation.tables.indicators import changes, detailed, groups, quartiles
from analysis.presentation.tables.models import adjusted, models
from analysis.presentation.tables.questionnaire import breaks, missing, questions, scales

KINDS = {
    table.__name__: table
    for table in (groups, detailed, quartiles, response, representativeness, leavers, changes, models, adjusted, questions, breaks,
                  missing, problems, population, scales, published, characteristics, levels, development, association, primary,
                  specification)
}  # fmt: skip
