"""Takes off what machines and people write around the words of a moment."""

import re

ARROW = "→"
_ARROWS = re.compile(r"\s*(?:[-=]+>|[→⇒])\s*")
_QUESTION = re.compile(
    r"(?:what(?:['’]s| is)? (?:the )?time is it|what(?:['’]s| is) the (?:current )?time"
    r"|(?:the )?(?:current )?time(?= in| at| à)"
    r"|quelle heure est[- ]il|quelle heure il est|il est quelle heure)"
    r"(?: now| right now| maintenant)?(?= (?:in|at|à|a|en|au|aux|here|ici)\b|$)",
    re.IGNORECASE,
)
_CONVERT = re.compile(r"(?:convert(?:ir|is|issez)?|what(?:['’]s| is| time is)) (?=\S)", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»')
_DISCORD = re.compile(r"<t:(-?[0-9]+)(?::[tTdDfFR])?>")
_OFFSET_END = re.compile(r"[+-][0-9]{2}:?[0-9]{2}$")
_BRACKETS = re.compile(r"\[([^][]*)\]")
_WITH_ZONE = re.compile(r"([0-9]\S*)\[([A-Za-z0-9_+/-]+)\]")


def unwrap(text: str) -> str:
    """The words of a moment without what stands around them.

    A comment in parentheses behind an offset, as JavaScript and mail have it; question and exclamation marks;
    the zone of ``2026-12-25T19:00+01:00[Europe/Paris]`` becomes a place; ``<t:1798221600:F>`` seconds since
    1970. Quotes around all words; other words in parentheses count as all words.
    """
    text = text.strip()
    if match := _QUOTED.fullmatch(text):
        text = match[match.lastindex or 1].strip() or text
    text = text.rstrip("?! ") or text
    text = _ARROWS.sub(f" {ARROW} ", text) if ">" in text or ARROW in text or "⇒" in text else text
    if (question := _QUESTION.match(text)) or (question := _CONVERT.match(text)):
        text = text[question.end() :].lstrip() or "now"
    if text.endswith(")"):
        words, _, comment = text[:-1].rpartition("(")
        text = words.rstrip() if _OFFSET_END.search(words.rstrip()) else f"{words} {comment}".strip() or text
    if match := _DISCORD.fullmatch(text):
        return f"@{match[1]}"
    if match := _WITH_ZONE.fullmatch(text):
        return f"{match[1]} in {match[2]}"
    match = _BRACKETS.fullmatch(text)
    return match[1] if match else text
