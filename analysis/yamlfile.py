"""Reads our YAML files as YAML: one value a key, no endless nesting, every mistake with file and line."""

import difflib
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from pathlib import Path

import yaml

from analysis.errors import LegepaneletError

DEEPEST = 50  # levels of a YAML file; ours have less than ten
LARGEST = 2_000_000  # bytes; ours have less than 100,000


class _UniqueKeys(yaml.CSafeLoader):
    """YAML in which a key that stands twice is a mistake, not the last one's victory."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":  # `<<: *item`: what stands beside it wins
                continue
            value = self.construct_object(key, deep=True)
            if not isinstance(value, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a key must be one word or number", key.start_mark)
            if value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{value}' stands twice", key.start_mark)
            seen.add(value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node, deep=False):
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:  # a day that there is not, 2026-02-31
            told = f"'{node.value}' is no value: {error}"
            raise yaml.constructor.ConstructorError(None, None, told, node.start_mark) from None


def read_yaml(path: Path):
    """The contents of one YAML file. Raises CODEBOOK_YAML with the line if it is not well formed, CODEBOOK_MISSING."""
    return _read(path, _loaded)


def _read(path: Path, understood: Callable[[str], object]):
    """What `understood` makes of a file's text."""
    try:
        if path.stat().st_size > LARGEST:
            raise LegepaneletError("CODEBOOK_YAML", f"{path.name} has {path.stat().st_size:,} bytes", f"At most {LARGEST:,} are read.")
        return understood(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = f"{path.name} is missing in {path.parent.name}/"
        raise LegepaneletError("CODEBOOK_MISSING", told, "Take it back from version control.") from None
    except UnicodeDecodeError:
        raise LegepaneletError("CODEBOOK_YAML", f"{path.name} is not UTF-8", "Save the file as UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise LegepaneletError(
            "CODEBOOK_YAML", f"{path.name}{where}: {getattr(error, 'problem', error)}", "Mend the YAML of that line."
        ) from None


def _loaded(text: str):
    _check_depth(text)
    return yaml.load(text, Loader=_UniqueKeys)


@lru_cache(maxsize=256)
def _validated(text: str, model):
    """A text as `model`. A run asks for the codebook once a task: the same text is read once, as no model can be changed."""
    from pydantic import TypeAdapter

    return TypeAdapter(model).validate_python(_loaded(text))


def _check_depth(text: str) -> None:
    """The library goes as deep as the brackets do, and falls when there are a hundred thousand. Raises a YAMLError with the line."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.composer.ComposerError(None, None, f"nested deeper than {DEEPEST} levels", event.start_mark)


def line_of(path: Path, place: Iterable[str | int]) -> int:
    """The line on which a place of a well-formed file stands: as far into it as its keys and positions lead."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    line = node.start_mark.line if node is not None else 0
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            key, node = found[0]
            line = key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:  # a step within a model, not within the file
            continue
    return line + 1


def nearest(name: object, known: Iterable[object]) -> str:
    """`; did you mean 'codes'?`, or what may stand there if nothing is near."""
    names = [str(k) for k in known]
    found = difflib.get_close_matches(str(name), names, 1, 0.65)
    return f"; did you mean '{found[0]}'?" if found else f"; it may be {', '.join(names)}" if names else ""


def unknown_key(key: object, known: Iterable[object]):
    """A validator's error for a key that a model has not; `parse` tells its line."""
    from pydantic_core import PydanticCustomError

    told = f"there is no key '{key}' here{nearest(key, known)}".replace("{", "(").replace("}", ")")
    return PydanticCustomError("unknown_key", told, {"key": str(key)})  # type: ignore[arg-type]


def parse(path: Path, model, code: str, hint: str = ""):
    """A YAML file as `model` (a pydantic type). Raises `code` with file, line and place of everything that does not fit."""
    from pydantic import ValidationError

    try:
        return _read(path, lambda text: _validated(text, model))
    except ValidationError as error:
        raise LegepaneletError(code, "\n".join(_fault(path, fault) for fault in error.errors()), hint) from None


def _fault(path: Path, fault: dict) -> str:
    place = [*fault["loc"], *([fault["ctx"]["key"]] if fault["type"] == "unknown_key" else [])]
    where = ".".join(str(part) for part in fault["loc"] if part != "[key]") or "file"
    return f"{path.name} line {line_of(path, place)}: {where}: {fault['msg']}"
