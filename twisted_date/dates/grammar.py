"""A grammar: rules that read pieces of a line one after the other.

Of all rules whose patterns fit where something is to be read, the first one reads it. There is no going back,
neither to other rules nor into what matched a definition, and so the time is linear in the line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from . import patterns
from .lexer import NO_ALIASES, Lexer, Line
from .reach import Reach, Tree

State = TypeVar("State")


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
        self._starting: dict[str, tuple[int, ...]] = {}
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
        for number in self._starting_with(line.shape[start : start + 1]):
            if match := self._pattern_of_rule(number).match(line.shape, start):
                return match.end(), self.rules[number][0](Match(self, line, match), state)
        return None

    def fits(self, line: Line, start: int) -> bool:
        """Whether a rule fits here."""
        shape = line.shape
        numbers = self._starting_with(shape[start : start + 1])
        return any(self._pattern_of_rule(number).match(shape, start) for number in numbers)

    def furthest(self, line: Line, start: int) -> int:
        """The end of the furthest piece up to which the beginning of some rule fits here.

        :param start: where in the shape of the line; it is returned where nothing fits.
        """
        reach = Reach(line.shape, self._trees, self._pattern_of)
        reach.furthest = start
        for number in self._starting_with(line.shape[start : start + 1]):
            reach.follow(self._rule_trees[number], {start})
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

    def _starting_with(self, piece: str) -> tuple[int, ...]:
        """The rules that may read what starts with this piece of a shape, in their order."""
        if piece not in self._starting:
            self._starting[piece] = tuple(
                number for number, tree in enumerate(self._rule_trees) if self._reach(piece, tree)
            )
        return self._starting[piece]

    def _reach(self, shape: str, tree: Tree) -> int:
        reach = Reach(shape, self._trees, self._pattern_of)
        reach.follow(tree, {0})
        return reach.furthest

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
