"""How far a line goes with a pattern that does not fit to its end: what stands there is the wrong word."""

import re
from collections.abc import Callable, Mapping, Sequence

from .patterns import Item

Tree = Sequence[Sequence[Item]]


class Reach:
    """Follows patterns along the shape of a line, in all ways at once.

    :param shape: the shape.
    :param definitions: the trees of the patterns that have names.
    :param pattern_of: gives the regular expression of a kind, or of a word in quotes.
    :ivar furthest: the end of the last piece that fitted.
    :ivar asked: the kinds that may stand at each position.
    """

    def __init__(
        self, shape: str, definitions: Mapping[str, Tree], pattern_of: Callable[[str], re.Pattern[str]]
    ) -> None:
        self._shape = shape
        self._definitions = definitions
        self._pattern_of = pattern_of
        self._within: list[str] = []
        self.furthest = 0
        self.asked: dict[int, set[str]] = {}

    def follow(self, tree: Tree, starts: set[int]) -> set[int]:
        """Follow a pattern from any of these positions, and return those behind it."""
        ends = set()
        for items in tree:
            reached = starts
            for item in items:
                reached = self._pass(item, reached)
                if not reached:
                    break
            ends |= reached
        return ends

    def _pass(self, item: Item, starts: set[int]) -> set[int]:
        if isinstance(item, tuple):
            return self._pass_bracket(*item, starts)
        if item in (" ", "~", "."):
            spaces = {start + 1 for start in starts if self._shape.startswith(" ", start)}
            return {" ": spaces, "~": starts | spaces, ".": starts}[item]
        if item in self._definitions and item not in self._within:
            return self._follow_definition(item, starts)
        for start in starts:
            self.asked.setdefault(start, set()).add(item)
        pattern = self._pattern_of(item)
        ends = {match.end() for start in starts if (match := pattern.match(self._shape, start))}
        self.furthest = max(self.furthest, *ends, 0)
        return ends

    def _follow_definition(self, name: str, starts: set[int]) -> set[int]:
        self._within.append(name)  # in which the name stands for single words
        ends = self.follow(self._definitions[name], starts)
        self._within.pop()
        return ends

    def _pass_bracket(self, bracket: str, tree: Tree, starts: set[int]) -> set[int]:
        if bracket in ("!(", "=("):  # what follows is no part of the pattern
            return starts
        if bracket == "(":
            return self.follow(tree, starts)
        ends, new = set(starts), starts
        while new := self.follow(tree, new) - ends:
            ends |= new
            if bracket == "[":
                break
        return ends
