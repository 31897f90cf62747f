"""A grammar: rules that read pieces of a line one after the other.

Of all rules whose patterns fit where something is to be read, the first one reads it. There is no going back,
neither to other rules nor into what matched a definition, and so the time is linear in the line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from . import patterns
from .lexer import NO_ALIASES, Lexer, Line
from .reach import Reach, Tree

State = TypeVar("State")
_CACHED = 4096  # pairs of pieces


class Match:
    """What a pattern matched.

    :param grammar: has the definitions that the pattern refers to.
    :param line: the line.
    :param match: the match in its shape.
    """

    __slots__ = ("_grammar", "_line", "_match")

    def __init__(self, grammar: "Grammar[Any]", line: Line, match: re.Match[str]) -> None:
        self._grammar = grammar
        self._line = line
        self._match = match

    @property
    def text(self) -> str:
        """All that was matched, normalized."""
        return self._line.text(*self._match.span())

    @property
    def typed(self) -> str:
        """All that was matched, as it was typed."""
        return self._line.typed(*self._match.span())

    @property
    def pieces(self) -> list[str]:
        """Its words, numbers and signs, but for hyphens."""
        start, end = self._match.span()
        return [piece for piece in self._line.pieces[start:end] if piece not in (" ", "-")]

    def get(self, name: str) -> str | None:
        """The normalized text of a group; None when it is not there."""
        if name not in self._match.re.groupindex:
            return None
        start, end = self._match.span(name)
        return None if start < 0 else self._line.text(start, end)

    def typed_of(self, name: str) -> str:
        """What was typed of a group that is there."""
        return self._line.typed(*self._match.span(name))

    def __getitem__(self, name: str) -> str:
        """The normalized text of a group that is always there."""
        return self._line.text(*self._match.span(name))

    def each(self, name: str, definition: str) -> Iterator["Match"]:
        """Each part of a group that matches a definition."""
        pattern = self._grammar.compiled(definition)
        for match in pattern.finditer(self._line.shape, *self._match.span(name)):
            yield Match(self._grammar, self._line, match)


class _Beginning(NamedTuple):
    """What a rule may read that begins with a certain piece.

    :param number: the number of the rule.
    :param is_whole: whether the piece may be all that it reads.
    :param joined: the characters that may follow in the shape at once.
    :param spaced: those that may follow behind a space.
    """

    number: int
    is_whole: bool
    joined: frozenset[str]
    spaced: frozenset[str]


def _beginning(shape: str, start: int) -> str:
    """The first piece of what starts here, and the second one with the space before it, if there are any."""
    return shape[start : start + (3 if shape[start + 1 : start + 2] == " " else 2)]


class Grammar(Generic[State]):
    """A grammar.

    :param vocabulary: the words of each kind.
    :param definitions: patterns with names.
    :param rules: functions, each with the pattern of what it reads. They take the match and the state so
        far, and return the new state.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, Iterable[str]],
        definitions: Mapping[str, str],
        rules: Sequence[tuple[Callable[[Match, State], State], str]],
    ) -> None:
        self.vocabulary = vocabulary
        self.definitions = definitions
        self.rules = rules
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._rules: dict[int, re.Pattern[str]] = {}
        self._beginnings_of: dict[str, tuple[_Beginning, ...]] = {}
        self._starting_with = lru_cache(_CACHED)(self._find_starting_with)
        self._atoms = 0

    def line(self, text: str, aliases: Mapping[str, str] = NO_ALIASES) -> Line:
        """Split a text.

        :param aliases: words that mean other words here.
        """
        return Line(text, self._lexer, aliases)

    def read(self, line: Line, start: int, state: State) -> tuple[int, State] | None:
        """Read with the first rule that fits.

        :param start: where in the shape of the line.
        :return: the end, and the new state; None when no rule fits.
        """
        for number in self._starting_with(_beginning(line.shape, start)):
            if match := self._pattern_of_rule(number).match(line.shape, start):
                return match.end(), self.rules[number][0](Match(self, line, match), state)
        return None

    def fits(self, line: Line, start: int) -> bool:
        """Whether a rule fits here."""
        shape = line.shape
        numbers = self._starting_with(_beginning(shape, start))
        return any(self._pattern_of_rule(number).match(shape, start) for number in numbers)

    def furthest(self, line: Line, start: int) -> int:
        """The end of the furthest piece up to which the beginning of some rule fits here.

        :param start: where in the shape of the line; it is returned where nothing fits.
        """
        reach = Reach(line.shape, self._trees, self._pattern_of)
        reach.furthest = start
        for beginning in self._beginnings(line.shape[start : start + 1]):
            reach.follow(self._rule_trees[beginning.number], {start})
        return reach.furthest

    def compiled(self, definition: str) -> re.Pattern[str]:
        """The regular expression of a definition."""
        if definition not in self._compiled:
            expression = patterns.regex(self.definitions[definition], self._class_of)
            self._compiled[definition] = re.compile(expression)
        return self._compiled[definition]

    def _pattern_of(self, kind: str) -> re.Pattern[str]:
        if kind not in self._patterns:
            self._patterns[kind] = re.compile(self._lexer.class_of_one(kind))
        return self._patterns[kind]

    @cached_property
    def _trees(self) -> dict[str, Tree]:
        phrases = {kind: self._lexer.sequences(kind) for kind in self.vocabulary}
        trees: dict[str, Tree] = {
            kind: [[item for word in words for item in (" ", word)][1:] for words in sequences]
            for kind, sequences in phrases.items()
            if sequences != [[kind]]
        }
        return trees | {name: patterns.tree(notation) for name, notation in self.definitions.items()}

    @cached_property
    def _rule_trees(self) -> list[Tree]:
        return [patterns.tree(notation) for _, notation in self.rules]

    @cached_property
    def _lexer(self) -> Lexer:
        notations = (*self.definitions.values(), *(notation for _, notation in self.rules))
        tokens = [token for notation in notations for token in patterns.TOKENS.findall(notation)]
        return Lexer(self.vocabulary, {token.strip('"') for token in tokens if token.startswith('"')})

    def _find_starting_with(self, beginning: str) -> tuple[int, ...]:
        """The rules that may read what begins with one or two pieces, in their order."""
        rules = self._beginnings(beginning[0])
        if len(beginning) == 1:
            return tuple(rule.number for rule in rules if rule.is_whole)
        if len(beginning) == 2:
            return tuple(rule.number for rule in rules if beginning[1] in rule.joined)
        return tuple(rule.number for rule in rules if rule.is_whole or beginning[2] in rule.spaced)

    def _beginnings(self, piece: str) -> tuple["_Beginning", ...]:
        """The rules that may read what begins with this piece of a shape, in their order."""
        if piece not in self._beginnings_of:
            found = (self._rule_from(number, piece) for number in range(len(self.rules)))
            self._beginnings_of[piece] = tuple(beginning for beginning in found if beginning is not None)
        return self._beginnings_of[piece]

    def _rule_from(self, number: int, piece: str) -> "_Beginning | None":
        reach = Reach(f"{piece} ", self._trees, self._pattern_of)
        ends = reach.follow(self._rule_trees[number], {0})
        if not reach.furthest:
            return None
        joined, spaced = (self._characters(reach.asked.get(position, ())) for position in (1, 2))
        return _Beginning(number, bool(ends), joined, spaced)

    def _characters(self, kinds: Iterable[str]) -> frozenset[str]:
        """The characters of shapes that are of one of these kinds."""
        return frozenset(character for kind in kinds for character in self._lexer.class_of_one(kind)[1:-1])

    def _pattern_of_rule(self, number: int) -> re.Pattern[str]:
        """The regular expression of a rule, with the end of a word behind it."""
        if number not in self._rules:
            expression = patterns.regex(self.rules[number][1], self._class_of)
            self._rules[number] = re.compile(f"(?:{expression})(?= |$)")
        return self._rules[number]

    def _class_of(self, kind: str) -> str:
        if kind not in self.definitions:
            return self._lexer.class_of(kind)
        # What matched a definition is not tried in other ways: an atomic group, as Python 3.10 can write it
        expression = patterns.regex(self.definitions[kind], self._class_of, has_names=False)
        self._atoms += 1
        return f"(?=(?P<a{self._atoms}>{expression}))(?P=a{self._atoms})"
