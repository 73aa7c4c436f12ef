"""From `reports/*.qmd` to documents: execute once, then every format (`making`)."""

from dataclasses import dataclass

from analysis.errors import LegepaneletError


@dataclass(frozen=True)
class Edition:
    """Which copy of a document: `draft` may hold what the checks refuse and says so, `blind` names no author, `manuscript` has
    double spacing and line numbers (DOCX). Drafts and blind copies are files of their own."""

    draft: bool = False
    blind: bool = False
    manuscript: bool = False

    @property
    def suffix(self) -> str:
        return "".join(f"-{name}" for name in ("draft", "blind", "manuscript") if getattr(self, name))


def check_renderer(renderer: str) -> None:
    """Raises RENDERER_UNKNOWN, QUARTO_MISSING or QUARTO_OLD, before anything is made."""
    if renderer not in ("builtin", "quarto"):
        raise LegepaneletError("RENDERER_UNKNOWN", f"RENDERER={renderer} is not known", "RENDERER may be builtin or quarto.")
    if renderer == "quarto":
        from analysis.documents import quarto

        quarto.check()
