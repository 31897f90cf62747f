"""Brings the catalogs up to date: extracts the sentences, updates and compiles the file of each language.

    python -m tools catalogs

To add a language, make an empty ``twisted_date/i18n/locale/XX.po``, run this, fill it in, and run it again.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "twisted_date"
CATALOGS = PACKAGE / "i18n" / "locale"
KEYWORDS = {"Sentence": None, "Plural": (1, 2)}


def extracted() -> Catalog:
    """All sentences of the package."""
    template = Catalog(project="datechat", fuzzy=False)
    found = extract_from_dir(PACKAGE, [("**.py", "python")], keywords=KEYWORDS)
    for filename, _, message, _, _ in sorted(found, key=lambda entry: entry[:2]):
        template.add(message, locations=[(filename, 0)])
    return template


def updated(file: Path, template: Catalog) -> Catalog:
    """A language's catalog with the sentences of the template, and no others."""
    with file.open("rb") as written:
        catalog = read_po(written, locale=file.stem)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def header(catalog: Catalog) -> str:
    """What does not change from day to day, nor with Babel's version."""
    return f"Content-Type: text/plain; charset=utf-8\nPlural-Forms: {catalog.plural_forms}\n"


def as_po(catalog: Catalog) -> bytes:
    """As it stands in the file: without dates and line numbers, so that only sentences make a difference."""
    written = BytesIO()
    write_po(written, catalog, width=110, omit_header=True, include_lineno=False, sort_output=False)
    lines = "".join(f'"{line}\\n"\n' for line in header(catalog).splitlines())
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + written.getvalue()


class PlainCatalog(Catalog):
    """A catalog with this header."""

    header = ""

    def __iter__(self) -> Iterator[Message]:
        _, *messages = super().__iter__()
        yield Message("", self.header)
        yield from messages


def as_mo(catalog: Catalog) -> bytes:
    """As gettext reads it."""
    written = BytesIO()
    plain = PlainCatalog(locale=catalog.locale)
    plain.header = header(catalog)
    for message in read_po(BytesIO(as_po(catalog)), locale=catalog.locale):
        if message.id:
            plain[message.id] = message
    write_mo(written, plain)
    return written.getvalue()


def main() -> None:
    template = extracted()
    for file in sorted(CATALOGS.glob("*.po")):
        catalog = updated(file, template)
        file.write_bytes(as_po(catalog))
        file.with_suffix(".mo").write_bytes(as_mo(catalog))
        missing = sum(not message.string or not any(message.string) for message in catalog if message.id)
        print(f"  {file.name}: {len(catalog)} sentences, {missing} missing")


if __name__ == "__main__":
    main()
