"""Makes what the option tables are the source of: the manual pages, and bash's completion.

python -m tools manual
"""

import re
from pathlib import Path
from typing import Any

from docutils.core import publish_string
from twisted.python import usage

from twisted_date import __version__
from twisted_date.client import options as client
from twisted_date.conversation.commands import COMMANDS
from twisted_date.server import options as service_options

ROOT = Path(__file__).parents[1]
PAGES: dict[str, type[usage.Options]] = {
    "datechat": client.Options,
    "twistd-datechat": service_options.Options,
}
FILES = ("port-file", "tls")  # options that take a file's name, where they take something


def options(kind: type[usage.Options]) -> dict[str, tuple[str, bool]]:
    """The help on each option, with its default, and whether it takes something."""
    made: Any = kind()
    known = {}
    for name in sorted(made.docs):
        takes = f"{name}=" in made.longOpt
        if takes or name in made.longOpt:
            told = " ".join(str(made.docs[name]).split()).rstrip(".")
            default = made.defaults.get(name) if takes else None
            known[name] = f"{told} ({default})" if default else told, takes
    return known


def listed(kind: type[usage.Options]) -> str:
    """The options as reStructuredText."""
    lines = []
    for name, (text, takes) in options(kind).items():
        told = re.sub(r"([*|`_:\\])", r"\\\1", text)
        lines.append(f"--{name}{'=' + name.rpartition('-')[2].upper() if takes else ''}\n    {told}\n")
    return "\n".join(lines)


def page(name: str) -> str:
    """A manual page."""
    source = (ROOT / "docs" / "man" / f"{name}.rst").read_text()
    source = source.replace(".. options\n", listed(PAGES[name]))
    source = source.replace(":Manual section: 1\n", f":Manual section: 1\n:Version: datechat {__version__}\n")
    told: bytes = publish_string(
        source, writer="manpage", settings_overrides={"report_level": 2, "halt_level": 2}
    )
    return re.sub(r'^\.\\" .*\n', "", told.decode(), flags=re.MULTILINE)  # which version of docutils made it


def bash() -> str:
    """Bash's completion for ``datechat``."""
    known = options(client.Options)
    words = " ".join(f"--{name}{'=' if takes else ''}" for name, (_, takes) in known.items())
    files = "|".join(f"--{name}" for name in FILES if known[name][1])
    taking = "|".join(f"--{name}" for name, (_, takes) in known.items() if takes and name not in FILES)
    return f"""# bash completion for datechat, made by tools/manual.py from its option table

_datechat() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    [[ $before == = ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}
    [[ $word == = ]] && word=
    case $before in
        {files}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        {taking}) COMPREPLY=(); return ;;
    esac
    case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "{words}" -- "$word")
            [[ ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace ;;
        *) mapfile -t COMPREPLY < <(compgen -W "{" ".join(COMMANDS)}" -- "$word") ;;
    esac
}}

complete -F _datechat datechat
"""


def made() -> dict[Path, str]:
    """Every file, and what is to stand in it."""
    pages = {ROOT / "man" / f"{name}.1": page(name) for name in PAGES}
    return {**pages, ROOT / "completions" / "datechat": bash()}


def main() -> None:
    """Write every file."""
    for path, text in made().items():
        path.write_text(text)
        print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
