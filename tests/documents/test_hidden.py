"""What is hidden is seen to be hidden: in tables, figures, captions and alternative texts, and told apart from nought."""

import pandas as pd
import pytest
from lxml import html

SERIES = ("hours_over_48", "trend-hours-over-48")


@pytest.fixture(scope="module")
def page(full):
    return html.parse(full.output(2026, "wave-report.nb.html"))


def part(page, name: str):
    return page.xpath(f'//*[@id="{name}"]')[0]


def hidden_points(report, level: str) -> list[int]:
    found = []
    for path in report.folder.glob("_output/*/results.csv"):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows = rows[
            (rows["indicator"] == SERIES[0])
            & (rows["kind"] == "estimate")
            & (rows["level"] == level)
            & (rows["by2"] == "")
        ]
        found += rows.loc[rows["status"].str.startswith("hidden"), "wave"].astype(int).tolist()
    return sorted(found)


def test_a_figure_names_what_it_does_not_draw(page, full):
    years = hidden_points(full, "private_specialist")
    assert years
    told = f"Skjult av hensyn til personvernet: Avtalespesialister ({', '.join(map(str, years))})."
    figure = part(page, f"fig-{SERIES[1]}")
    assert told in figure.xpath('.//*[@class="caption"]')[0].text_content()
    assert told in figure.xpath(".//img")[0].get("alt")
    data = page.xpath(f'//details[@data-figure="fig-{SERIES[1]}"]')[0]
    rows = {row[0]: row[1:] for row in ([cell.text_content() for cell in tr] for tr in data.iter("tr")) if len(row) > 1}
    assert rows[f"Avtalespesialister ({', '.join(map(str, years))})"] == [":", ":"]
    assert "«:» betyr at tallet er skjult av hensyn til personvernet." in data.text_content()


def test_a_hidden_count_is_a_colon_with_a_footnote_and_a_nought_is_a_nought(page, full):
    rows = pd.read_csv(full.output(2026, "results.csv"), dtype=str, keep_default_na=False)
    reasons = rows[(rows["by"] == "missing") & (rows["level"] == "refused")]
    assert reasons["status"].str.startswith("hidden").any() and (reasons["count"] == "0").any()
    table = part(page, "tbl-detailed")
    cells = [td.text_content() for td in table.iter("td")]
    assert ":" in cells and "«:» betyr at tallet er skjult av hensyn til personvernet." in table.text_content()
    missing = [td.text_content() for td in part(page, "tbl-missing").iter("td")]
    assert "0" in missing and "" not in missing and "nan" not in missing


def test_every_table_with_a_colon_says_what_it_means(full):
    for built, wave in ((full, 2026), (full, 1994)):
        for table in html.parse(built.output(wave, "wave-report.nb.html")).xpath('//*[starts-with(@id, "tbl-")]'):
            if any(td.text_content().strip() == ":" for td in table.iter("td")):
                assert "skjult av hensyn til personvernet" in table.text_content(), table.get("id")
