"""What `make` was given, handed to the command line: `python -m analysis.door report` reads the variables from the environment.

Make puts its variables there, so that no shell reads a value. One that no command knows is refused, with what was probably meant.
"""

import difflib
import os
import re
import sys
from collections.abc import Mapping

from analysis.__main__ import COMMANDS, main
from analysis.errors import LegepaneletError

# Variable -> option; the others are called as their option.
NAMES = {"REPORT_LANG": "lang"}
MEANT = {"LANG": "REPORT_LANG", "LANGUAGE": "REPORT_LANG", "FORMAT": "FORMATS", "YEAR": "WAVE", "DOCUMENT": "DOCUMENTS", "FOLDER": "DATA"}
OF_MAKE = ("PYTHON", "SECONDS", "PYTHONHASHSEED", "PYTHONUTF8")  # read by the Makefile and the tools
GIVEN = re.compile(r"(?:^|\s)([A-Za-z_][\w-]*)[:+?]{0,3}=")


def variable(option: str) -> str:
    """The variable of make that gives an option."""
    return next((name for name, of in NAMES.items() if of == option), option.upper())


def given(makeflags: str) -> list[str]:
    """The variables of make's own command line, as its `MAKEFLAGS` lists them (a space within a value stands after a backslash)."""
    return GIVEN.findall(re.sub(r"\\.", "_", makeflags))


def arguments(command: str, environment: Mapping[str, str]) -> list[str]:
    """The command line of `command` with the variables it takes. Raises VARIABLE_UNKNOWN for one that was given and that it does not."""
    options = {variable(option): option for option in COMMANDS[command].options}
    known = {variable(option) for of in COMMANDS.values() for option in of.options}
    for name in given(environment.get("MAKEFLAGS", "")):
        if name not in options and name not in OF_MAKE:
            raise LegepaneletError("VARIABLE_UNKNOWN", _told(command, name, known), f"make {command} takes {', '.join(options)}.")
    found = [(option, environment[name]) for name, option in options.items() if environment.get(name)]
    return [command, *(f"--{option}={value}" for option, value in found)]


def _told(command: str, name: str, known: set[str]) -> str:
    if name in known:
        takers = [f"make {other}" for other, of in COMMANDS.items() if name in map(variable, of.options)]
        return f"{name}: `make {command}` does not take it; {' and '.join(takers[:3])} {'does' if len(takers) == 1 else 'do'}"
    near = MEANT.get(name.upper()) or next(iter(difflib.get_close_matches(name.upper(), known, 1)), "")
    return f"{name} is no variable of this project" + (f"; did you mean {near}?" if near else "")


if __name__ == "__main__":
    try:
        handed = arguments(sys.argv[1], os.environ)
    except LegepaneletError as error:
        print(f"Error {error}", file=sys.stderr)
        sys.exit(1)
    sys.exit(main(handed))
