"""What is hidden is seen to be hidden: in tables, figures, captions and alternative texts, and told apart from nought."""

import re

import pandas as pd
import pytest
from lxml import html

SERIES = ("hours_over_48", "trend-hours-over-48")


@pytest.fixture(scope="module")
def page(full):
    return html.parse(full.output(2026, "wave-report.nb.html"))


def part(page, name: str):
    return page.xpath(f'//*[@id="{name}"]')[0]


def test_a_figure_names_what_it_does_not_draw(page):
    """In caption, alternative text and the table of its numbers."""
    figures = [f for f in page.xpath('//*[starts-with(@id, "fig-")]') if "Skjult av hensyn til personvernet:" in "".join(f.xpath('.//*[@class="caption"]//text()'))]
    assert figures
    for figure in figures:
        told = re.search(r"Skjult av hensyn til personvernet: ([^.]+)\.", figure.xpath('.//*[@class="caption"]')[0].text_content())[1]
        assert f"Skjult av hensyn til personvernet: {told}." in figure.xpath(".//img")[0].get("alt")
        data = page.xpath(f'//details[@data-figure="{figure.get("id")}"]')[0]
        rows = {row[0]: row[1:] for row in ([cell.text_content() for cell in tr] for tr in data.iter("tr")) if len(row) > 1}
        assert all(set(rows[label]) == {":"} for label in told.split("; "))
        assert "«:» betyr at tallet er skjult av hensyn til personvernet." in data.text_content()


def test_groups_of_few_stand_together_with_a_neighbour_and_the_table_says_so(page):
    table = part(page, "tbl-detailed").text_content()
    assert "Overleger og ledere i sykehus" in table and "Grupper med få svar vises sammen med en nabogruppe." in table


def test_a_nought_that_is_counted_is_a_nought(page, full):
    rows = pd.read_csv(full.output(2026, "results.csv"), dtype=str, keep_default_na=False)
    reasons = rows[(rows["by"] == "missing") & (rows["level"] == "refused")]
    assert reasons["status"].str.startswith("hidden").any() and (reasons["count"] == "0").any()
    cells = [td.text_content() for td in part(page, "tbl-missing").iter("td")]
    assert "0" in cells and "" not in cells and "nan" not in cells


def test_a_table_of_a_sensitive_item_says_that_its_numbers_are_rounded(page):
    assert "Antall er avrundet til nærmeste fem; summer kan derfor avvike." in part(page, "tbl-groups-srh-good").text_content()


def test_every_table_with_a_colon_says_what_it_means(full):
    for built, wave in ((full, 2026), (full, 1994)):
        for table in html.parse(built.output(wave, "wave-report.nb.html")).xpath('//*[starts-with(@id, "tbl-")]'):
            if any(td.text_content().strip() == ":" for td in table.iter("td")):
                assert "skjult av hensyn til personvernet" in table.text_content(), table.get("id")


def test_answers_that_few_gave_stand_together_in_the_figure_of_their_question(page):
    """Of own practice by cultural background, "often" and "very often": the question is in the figure, and the caption says so."""
    figure, data = part(page, "fig-ut-own"), page.xpath('//details[@data-figure="fig-ut-own"]')[0]
    head, *rows = ([cell.text_content() for cell in tr if cell.tag in ("td", "th")] for tr in data.iter("tr"))
    assert head[1:] == ["Aldri (%)", "Sjelden (%)", "Av og til (%)", "Ofte (%)", "Ofte eller svært ofte (%)", "Svært ofte (%)"]
    assert [[bool(cell) for cell in row[4:]] for row in rows] == [[True, False, True], [False, True, False]]
    caption, alt = figure.xpath('.//*[@class="caption"]')[0].text_content(), figure.xpath(".//img")[0].get("alt")
    assert "Svar som få har gitt, vises sammen." in caption and "Skjult" not in caption
    assert "kulturell bakgrunn: aldri" in alt and "ofte eller svært ofte 1" in alt
