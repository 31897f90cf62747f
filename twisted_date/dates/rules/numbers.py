"""Numbers in words: thirty-five, twenty first, vingt et un, dix huit, two hundred."""

from .words import HUNDREDS, NUMBERS, ORDINALS

DEFINITIONS = {
    # with spaces: those with hyphens are words of their own
    "teens-said": '"dix" ("sept" / "huit" / "neuf")',
    "tens": 'tens-word ("et" ("un" / "une") / ones-word) / teens-said / minute-word',  # twenty five
    "small": "tens / hour-word",
    "hour-said": '"vingt" ("et" ("un" / "une") / ones-word) / teens-said / hour-word',
    "hour-one": "hour-said / number",
    "below-hundred": "tens / number",
    "number-said": "[number ]hundred[ [joining ]below-hundred] / below-hundred",
    "ordinal-said": "tens-word(hyphen /  )ordinal-word / ordinal-word",  # twenty-first
    "cardinal-said": "tens / ones-word",
}


def number_of(text: str) -> int:
    """A number in digits or in words: 15, fifteen, twenty-first, vingt et un, two hundred and five.

    Words that join its parts add nothing.
    """
    total = 0
    for word in [text] if text in NUMBERS else text.replace("-", " ").split():
        if word in HUNDREDS:
            total = (total or 1) * HUNDREDS[word]
        else:
            total += int(word) if word.isdigit() else NUMBERS.get(word) or ORDINALS.get(word, 0)
    return total
