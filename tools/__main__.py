"""Makes everything in the repository that is generated, or the parts that are named.

    python -m tools                     # all of it
    python -m tools catalogs tables     # these parts

Needs the extra ``dev``; the pictures need Graphviz's ``dot``, too.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# In the order in which they build on each other
PARTS = {
    "places": "tools.build_places",
    "catalogs": "tools.catalogs",
    "grammar": "tools.grammar",
    "manual": "tools.manual",
    "tables": "tools.tables",
    "pictures": "tools.pictures",
    "session": "tools.record",
    "page": "tools.page_picture",
}


def main(names: Sequence[str]) -> None:
    """Make these parts; all, where none is named.

    :raises SystemExit: a part does not exist, or cannot be made; the text is a sentence.
    """
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise SystemExit(f"{unknown[0]} is not a part; these are {', '.join(PARTS)}")
    for name in names or PARTS:
        print(f"{name}:", flush=True)
        make: Callable[[], None] = import_module(PARTS[name]).main
        make()


if __name__ == "__main__":
    main(sys.argv[1:])
