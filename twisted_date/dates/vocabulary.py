"""The words of moments, in each language.

All are in lower case, without accents, apostrophes and full stops, as :func:`.when.normalize` returns them.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language.

    :param tag: the language.
    :param days: words for a day, with its distance from today in days.
    :param times: words for a time of day, with its hour.
    :param weekdays: the words for each day of the week, Monday first.
    :param months: the words for each month, January first.
    :param units: the words for each unit, by its English name.
    :param now: words that change nothing.
    :param after: words before a span into the future.
    :param before: words before a span into the past.
    :param hence: words after a span into the future.
    :param ago: words after a span into the past.
    :param following: words between a span and a moment before it.
    :param preceding: words between a span and a moment after it.
    :param numbers: words for numbers below a hundred.
    :param hundreds: words for a hundred and for a thousand.
    :param quarters: words for parts of a unit, in quarters.
    :param letters: short words for units, which stand right behind their number.
    :param occurrence: words before a weekday or a unit: 1 for the next, -1 for the last, 0 for this one.
    :param occurrence_behind: the same, after a weekday or a unit.
    :param weekday_occurrence: other such words, before a weekday only.
    :param ordinals: words for the number of a day in its month, or of a weekday.
    :param last: words for the last day or weekday of a month.
    :param of_month: words between a day and its month.
    :param same_time: words for the time of day that it is now.
    :param end: words for the end of a month.
    :param holidays: words for holidays, with the name under which :mod:`.holidays` has them.
    :param country_holidays: words for holidays that are on other days in other countries.
    :param places: prepositions before a place.
    :param toward: those before a place in which a moment is shown.
    :param source: those before a place in which its words are read.
    :param here: words for the session's own zone.
    :param on: optional words before a date.
    :param at: optional words before a time of day.
    :param joining: optional words between two spans.
    :param of: words between a weekday and its week.
    :param parts: words for parts of the day, with the part: morning, afternoon, evening, night
        or dark, the night that English calls so from nine on.
    :param part_leads: optional words before one of these.
    :param tonight: words for the night of today.
    :param past: words between minutes and the hour before them.
    :param until: words between minutes and the hour behind them.
    :param less: words between an hour and the minutes before it.
    :param on_the_dot: words behind a time that change nothing.
    :param weeks_later: words behind a weekday or a day, with the days that they add.
    :param sides: words between a weekday and the day from which it counts: 1 for after it, -1 for before it.
    :param neighbours: words before the day from which a day counts, with the days that they add.
    :param in_its_language: words that mean other words in a conversation in this language.
    """

    tag: str
    days: dict[str, int]
    times: dict[str, int]
    weekdays: tuple[tuple[str, ...], ...]
    months: tuple[tuple[str, ...], ...]
    units: dict[str, tuple[str, ...]]
    now: tuple[str, ...]
    after: tuple[str, ...]
    ago: tuple[str, ...]
    numbers: dict[str, int]
    hundreds: dict[str, int]
    places: tuple[str, ...]
    toward: tuple[str, ...]
    source: tuple[str, ...]
    here: tuple[str, ...]
    on: tuple[str, ...]
    at: tuple[str, ...]
    joining: tuple[str, ...]
    following: tuple[str, ...]
    preceding: tuple[str, ...]
    quarters: dict[str, int]
    letters: dict[str, str]
    of: tuple[str, ...]
    weeks_later: dict[str, int]
    sides: dict[str, int]
    neighbours: dict[str, int]
    parts: dict[str, str]
    part_leads: tuple[str, ...]
    tonight: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    on_the_dot: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    hence: tuple[str, ...] = ()
    occurrence: dict[str, int] = field(default_factory=dict)
    occurrence_behind: dict[str, int] = field(default_factory=dict)
    weekday_occurrence: dict[str, int] = field(default_factory=dict)
    ordinals: dict[str, int] = field(default_factory=dict)
    last: tuple[str, ...] = ()
    of_month: tuple[str, ...] = ()
    same_time: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    holidays: dict[str, str] = field(default_factory=dict)
    country_holidays: tuple[str, ...] = ()
    in_its_language: dict[str, str] = field(default_factory=dict)


def _with_ones(tens: dict[str, int], ones: dict[str, int]) -> dict[str, int]:
    """The words for tens, and those for the numbers up to the next: vingt, vingt-et-un, vingt-deux."""
    return tens | {f"{ten}-{one}": tens[ten] + ones[one] for ten in tens for one in ones}


_ENGLISH_ONES = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
}
_FRENCH_ONES = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
_ET_UN = {"et-un": 1, "et-une": 1}
_FRENCH_TEENS = {
    **{"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16},
    **{"dix-sept": 17, "dix-huit": 18, "dix-neuf": 19},
}

ENGLISH_WORDS = Vocabulary(
    tag="en",
    days={
        **{"today": 0, "tomorrow": 1, "tmr": 1, "tmrw": 1, "yesterday": -1},
        **{"day after tomorrow": 2, "day before yesterday": -2},
    },
    times={"noon": 12, "midday": 12, "midnight": 0},
    weekdays=(
        ("monday", "mon"),
        ("tuesday", "tue", "tues"),
        ("wednesday", "wed", "weds"),
        ("thursday", "thu", "thur", "thurs"),
        ("friday", "fri"),
        ("saturday", "sat"),
        ("sunday", "sun"),
    ),
    months=(
        ("january", "jan"),
        ("february", "feb"),
        ("march", "mar"),
        ("april", "apr"),
        ("may",),
        ("june", "jun"),
        ("july", "jul"),
        ("august", "aug"),
        ("september", "sep", "sept"),
        ("october", "oct"),
        ("november", "nov"),
        ("december", "dec"),
    ),
    units={
        "year": ("year", "years", "yr", "yrs"),
        "month": ("month", "months", "mo", "mos", "mth", "mths"),
        "fortnight": ("fortnight", "fortnights"),
        "week": ("week", "weeks", "wk", "wks"),
        "day": ("day", "days"),
        "hour": ("hour", "hours", "hr", "hrs", "h"),
        "minute": ("minute", "minutes", "min", "mins"),
        "second": ("second", "seconds", "sec", "secs"),
    },
    now=("now", "right now", "just now"),
    after=("in",),
    ago=("ago", "earlier"),
    hence=("hence", "from now", "later"),
    following=("after", "from", "past"),
    preceding=("before",),
    numbers={
        **{"a": 1, "an": 1, "couple of": 2, "a couple of": 2},
        **_ENGLISH_ONES,
        **{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15},
        **{"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19},
        **_with_ones({"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}, _ENGLISH_ONES),
        **_with_ones({"seventy": 70, "eighty": 80, "ninety": 90}, _ENGLISH_ONES),
    },
    hundreds={"hundred": 100, "thousand": 1000},
    quarters={"half": 2, "quarter": 1, "quarters": 1},
    letters={"y": "year", "w": "week", "d": "day", "s": "second"},
    occurrence={"next": 1, "following": 1, "last": -1, "previous": -1, "this": 0},
    occurrence_behind={"after next": 2, "before last": -2},
    weekday_occurrence={"this coming": 1, "coming": 1, "upcoming": 1, "this past": -1, "past": -1},
    ordinals={
        **{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7},
        **{"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13},
        **{"fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18},
        **{"nineteenth": 19, "twentieth": 20, "thirtieth": 30},
    },
    last=("last",),
    of_month=("of the", "in the", "of", "in"),
    same_time=("the same time", "same time", "this time"),
    end=("end",),
    holidays={
        **dict.fromkeys(("new years day", "new year", "new years"), "new year"),
        **dict.fromkeys(("valentines day", "valentine day", "valentines"), "valentine"),
        **dict.fromkeys(("all saints day", "all saints"), "all saints"),
        **dict.fromkeys(("christmas eve", "xmas eve"), "christmas eve"),
        **dict.fromkeys(("christmas day", "christmas", "xmas day", "xmas"), "christmas"),
        **dict.fromkeys(("new years eve", "new year eve"), "new year eve"),
        **dict.fromkeys(("mardi gras", "shrove tuesday"), "mardi gras"),
        **dict.fromkeys(("easter sunday", "easter day", "easter"), "easter"),
        **dict.fromkeys(("ascension day", "ascension thursday", "ascension"), "ascension"),
        **dict.fromkeys(("whit sunday", "pentecost sunday", "whitsunday", "pentecost"), "pentecost"),
        **dict.fromkeys(("whit monday", "pentecost monday"), "whit monday"),
        **{"epiphany": "epiphany", "halloween": "halloween", "boxing day": "boxing day"},
        **{"assumption day": "assumption"},
        **{"ash wednesday": "ash wednesday", "palm sunday": "palm sunday", "good friday": "good friday"},
        **{"easter monday": "easter monday"},
    },
    country_holidays=(
        *("thanksgiving day", "thanksgiving", "mothers day", "fathers day", "labor day", "labour day"),
        *("memorial day", "independence day", "national day", "presidents day", "remembrance day"),
        *("veterans day", "orthodox easter", "bank holiday", "canada day", "australia day", "victoria day"),
    ),
    places=("in", "at"),
    toward=("to",),
    source=("from",),
    here=("here", "my time", "local time", "our time"),
    on=("on the", "on", "the", "for"),
    at=("at", "@"),
    joining=("and",),
    of=("of",),
    weeks_later={"week": 7, "fortnight": 14},
    sides={"after": 1, "following": 1, "before": -1, "preceding": -1},
    neighbours={"day after": 1, "day before": -1, "eve of": -1, "week from": 7},
    parts={"morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night"},
    part_leads=("in the", "at", "of the", "on the", "during the"),
    tonight=("tonight", "tonite"),
    past=("past", "after"),
    on_the_dot=("sharp", "on the dot", "exactly"),
    until=("to", "till", "before", "of"),
)

FRENCH_WORDS = Vocabulary(
    tag="fr",
    days={
        **{"aujourdhui": 0, "demain": 1, "hier": -1, "apres-demain": 2, "apres demain": 2},
        **{"avant-hier": -2, "avant hier": -2},
    },
    times={"midi": 12, "minuit": 0},
    weekdays=(
        ("lundi", "lun"),
        ("mardi",),  # "mar" is March in English
        ("mercredi", "mer"),
        ("jeudi", "jeu"),
        ("vendredi", "ven"),
        ("samedi", "sam"),
        ("dimanche", "dim"),
    ),
    months=(
        ("janvier", "janv"),
        ("fevrier", "fevr", "fev"),
        ("mars",),
        ("avril", "davril", "avr"),
        ("mai",),
        ("juin",),
        ("juillet", "juil"),
        ("aout", "daout"),
        ("septembre", "sept"),
        ("octobre", "doctobre", "oct"),
        ("novembre", "nov"),
        ("decembre", "dec"),
    ),
    units={
        "year": ("an", "ans", "annee", "annees", "lan", "lannee"),
        "month": ("mois",),
        "fortnight": ("quinzaine", "quinzaines"),
        "week": ("semaine", "semaines"),
        "day": ("jour", "jours"),
        "hour": ("heure", "heures", "h", "dheure"),
        "minute": ("minute", "minutes", "min", "mn"),
        "second": ("seconde", "secondes", "sec"),
    },
    now=("maintenant", "tout de suite", "a linstant"),
    after=("dans", "dici"),
    before=("il y a", "ilya"),
    ago=("plus tot",),
    hence=("plus tard",),
    following=("apres",),
    preceding=("avant",),
    numbers={
        **{"un": 1, "une": 1},
        **_FRENCH_ONES,
        **_FRENCH_TEENS,
        **_with_ones({"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50}, _ET_UN | _FRENCH_ONES),
        **_with_ones({"soixante": 60}, _ET_UN | _FRENCH_ONES | _FRENCH_TEENS),
        **_with_ones({"quatre-vingt": 80}, {"un": 1, "une": 1} | _FRENCH_ONES | _FRENCH_TEENS),
        **{"soixante-et-onze": 71, "quatre-vingts": 80},
    },
    hundreds={"cent": 100, "cents": 100, "mille": 1000},
    quarters={"demi": 2, "demie": 2, "quart": 1, "quarts": 1},
    letters={"j": "day", "sem": "week"},
    occurrence={"ce": 0, "cet": 0, "cette": 0, "prochain": 1, "prochaine": 1},
    occurrence_behind={
        **{"prochain": 1, "prochaine": 1, "suivant": 1, "suivante": 1, "qui vient": 1},
        **{"dernier": -1, "derniere": -1, "passe": -1, "passee": -1, "precedent": -1, "precedente": -1},
    },
    weekday_occurrence={"dernier": -1},
    ordinals={
        **{"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4},
        **{"cinquieme": 5},
    },
    last=("dernier", "derniere"),
    of_month=("du mois de", "du mois d", "du", "de", "en"),
    same_time=("la meme heure", "cette heure", "cette heure-ci", "meme heure"),
    end=("fin",),
    holidays={
        **dict.fromkeys(("jour de lan", "nouvel an", "premier de lan"), "new year"),
        **dict.fromkeys(("epiphanie", "lepiphanie"), "epiphany"),
        **dict.fromkeys(("saint-valentin", "saint valentin", "st valentin"), "valentine"),
        **{"toussaint": "all saints", "lassomption": "assumption", "assomption": "assumption"},
        **dict.fromkeys(("veille de noel", "reveillon de noel"), "christmas eve"),
        **dict.fromkeys(("jour de noel", "noel"), "christmas"),
        **dict.fromkeys(("saint-sylvestre", "saint sylvestre", "st sylvestre"), "new year eve"),
        **dict.fromkeys(("dimanche de paques", "paques"), "easter"),
        **dict.fromkeys(("jeudi de lascension", "lascension"), "ascension"),
        **dict.fromkeys(("dimanche de pentecote", "pentecote"), "pentecost"),
        **{"mercredi des cendres": "ash wednesday", "dimanche des rameaux": "palm sunday"},
        **{"vendredi saint": "good friday", "lundi de paques": "easter monday"},
        **{"lundi de pentecote": "whit monday"},
    },
    country_holidays=(
        *("fete des meres", "fete des peres", "fete du travail", "fete nationale", "paques orthodoxes"),
        *("action de graces",),
    ),
    places=("a", "en", "au", "aux"),
    toward=("vers",),
    source=("de", "depuis"),
    here=("ici", "heure locale", "lheure locale"),
    on=("le", "la", "pour le", "pour la", "pour", "dici"),
    at=("a",),
    joining=("et",),
    of=("de",),
    weeks_later={"en huit": 7, "en quinze": 14},
    sides={"apres": 1, "qui suit": 1, "avant": -1, "qui precede": -1, "precedant": -1},
    neighbours={
        **dict.fromkeys(("lendemain de", "lendemain du", "jour apres"), 1),
        **dict.fromkeys(("surlendemain de", "surlendemain du"), 2),
        **dict.fromkeys(("veille de", "veille du", "jour avant"), -1),
        **dict.fromkeys(("avant-veille de", "avant-veille du"), -2),
    },
    parts={
        **{"matin": "morning", "mat": "morning", "matinee": "morning", "lapres-midi": "afternoon"},
        **dict.fromkeys(("apres-midi", "apres midi", "lapres midi"), "afternoon"),
        **{"soir": "evening", "soiree": "evening", "nuit": "dark"},
    },
    part_leads=("du", "de", "de la", "dans la", "en", "au", "le", "la"),
    less=("moins",),
    on_the_dot=("pile", "precises", "precise", "tapantes", "exactement"),
    in_its_language={"mar": "mardi", "mar.": "mardi"},
)

LANGUAGES = (ENGLISH_WORDS, FRENCH_WORDS)
