"""Draws the pictures of the documentation from their descriptions in Graphviz's language.

python -m tools pictures
"""

import subprocess
from pathlib import Path
from shutil import which

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"


def main() -> None:
    """Draw each ``.dot`` file as ``.svg`` beside it.

    :raises SystemExit: Graphviz is not installed.
    """
    dot = which("dot")
    if dot is None:
        raise SystemExit("the pictures need Graphviz's dot; install Debian's graphviz")
    for description in sorted(FOLDER.glob("*.dot")):
        picture = description.with_suffix(".svg")
        subprocess.run([dot, "-Tsvg", description, "-o", picture], check=True)
        print(f"  {picture.name}")


if __name__ == "__main__":
    main()
