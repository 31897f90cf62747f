"""The names of places that are ordinary words: which of them mean the place only where that is said.

A name is an ordinary word where it is one of the :data:`COMMON` most frequent words of English or French, as
the package wordfreq counts them. These lists hold proper names as well: capitals, the exemplar cities of
CLDR, countries, states and towns of more than :data:`GREAT` people count as places all the same, and so do
the names that are listed here.
"""

from collections import defaultdict
from zoneinfo import available_timezones

from wordfreq import top_n_list

from tools.place_rows import LANGUAGES, Rows, Town, geonames, other_names
from twisted_date.dates.spelling import key, words

COMMON = 20_000
FREQUENT = 5_000  # words of which many phrases consist
GREAT = 500_000

# Towns that are smaller, or known by this name in English or French only, and what the word means first.
# Names of persons are not here: George, Virginia Beach's Virginia, and Nancy are more than towns.
PLACES_FIRST = {
    # in Britain and Ireland
    *("aberdeen", "belfast", "blackburn", "blackpool", "bolton", "bournemouth", "bradford", "brighton"),
    *("bristol", "burnley", "cambridge", "canterbury", "cardiff", "carlisle", "cheltenham", "coventry"),
    *("doncaster", "dundee", "durham", "exeter", "gloucester", "greenwich", "inverness", "ipswich"),
    *("leicester", "liverpool", "middlesbrough", "northampton", "norwich", "nottingham", "oxford"),
    *("plymouth", "portsmouth", "southampton", "stratford", "sunderland", "swansea", "wakefield"),
    *("watford", "wembley", "wigan", "wimbledon", "worcester", "york"),
    # in North America
    *("akron", "albany", "anaheim", "arlington", "berkeley", "bethesda", "bronx", "buffalo", "burlington"),
    *("charleston", "cincinnati", "cleveland", "dayton", "daytona", "fargo", "gatineau", "harlem"),
    *("hartford", "hollywood", "knoxville", "lexington", "longueuil", "madison", "miami", "minneapolis"),
    *("napa", "newark", "oakland", "omaha", "orlando", "pasadena", "philly", "pittsburgh", "princeton"),
    *("raleigh", "reno", "rochester", "saguenay", "savannah", "sherbrooke", "spokane", "springfield"),
    *("stockton", "syracuse", "tampa", "toledo", "trenton", "tulsa", "vegas", "wichita", "wilmington"),
    # in France
    *("agen", "aix", "ajaccio", "albi", "amiens", "angouleme", "annecy", "antibes", "arles", "auxerre"),
    *("avignon", "bastia", "bayonne", "beauvais", "belfort", "besancon", "beziers", "biarritz", "blois"),
    *("bobigny", "bordeaux", "boulogne", "brest", "brive", "caen", "calais", "cannes", "carcassonne"),
    *("chambery", "chartres", "cherbourg", "clichy", "colmar", "compiegne", "creteil", "dieppe", "dijon"),
    *("douai", "dunkerque", "frejus", "grenoble", "levallois", "lille", "lorient", "melun", "metz"),
    *("montauban", "montpellier", "montreuil", "mulhouse", "nanterre", "nantes", "narbonne", "neuilly"),
    *("nevers", "nice", "nimes", "niort", "orly", "perpignan", "poitiers", "quimper", "reims", "rennes"),
    *("roissy", "roubaix", "rouen", "strasbourg", "toulon", "tours", "troyes", "versailles"),
    *("villeurbanne", "vincennes"),
    # elsewhere
    *("alep", "alexandrie", "anderlecht", "anvers", "bangalore", "barcelone", "basel", "bergen"),
    *("bethleem", "bologne", "bombay", "bonn", "bruges", "cairns", "charleroi", "cologne"),
    *("constantinople", "florence", "francfort", "frankfurt", "fribourg", "fukushima", "gand", "geneva"),
    *("geneve", "hague", "hambourg", "lausanne", "liege", "louvain", "lyons", "marrakech", "mecca", "mons"),
    *("namur", "napoli", "neuchatel", "philadelphie", "porto", "roma", "seville", "sion", "tanger"),
}

# Names of countries, great cities and capitals that are other words first; the codes mean places in capitals
WORDS_FIRST = {
    *("reunion", "christmas", "easter"),  # a meeting and two feasts, before their islands
    *("baise", "carrefour", "golfe", "hail", "hue", "natal", "oral", "para", "pest", "sale", "van", "wake"),
    *("canary", "grenade", "male", "man", "midway", "sucre"),
    *("dawson", "dominique", "kennedy", "leon", "maurice", "stanley"),  # persons
    *("eau", "la", "sf", "us"),
}

# Codes of countries and states that are words: behind a town they are codes in capitals only
WORD_CODES = {
    *("act", "ad", "ai", "am", "as", "at", "au", "be", "bi", "by", "ca", "ci", "co", "de", "do", "eng", "er"),
    *("es", "fi", "hi", "id", "ie", "il", "im", "in", "io", "is", "it", "je", "la", "li", "lu", "ma", "me"),
    *("mi", "mm", "mr", "ms", "my", "na", "ne", "ni", "no", "nu", "oh", "ok", "om", "on", "or", "pa", "pm"),
    *("ps", "re", "sa", "se", "sh", "si", "so", "st", "tas", "th", "to", "tv", "um", "us", "va", "vi", "vu"),
    *("ye",),
}

# Names of zones that are no words, although the lists have them
ZONES_FIRST = {"edt", "gmt", "ist", "pst", "utc"}


# Phrases that mean places
PHRASES_FIRST = {"mexicodf", "cityofnewyork"}


def forms() -> dict[str, set[str]]:
    """The ways in which common words are written, by their keys: ``sale`` has sale and salé."""
    common = defaultdict(set)
    for language in LANGUAGES:
        for word in top_n_list(language, COMMON):
            if len(parts := words(word)) == 1 and not word.isdigit():
                common[parts[0]].add(word)
    return common


def add_words(rows: Rows, towns: list[Town]) -> None:
    """Enter the names that are ordinary words, with the ways in which these are written."""
    capitals = {(code, country["capital"]) for code, country in geonames("countries").items()}
    great = {
        key(town.name) for town in towns if town.population > GREAT or (town.country, town.name) in capitals
    }
    named = {name.lstrip("$#") for name in rows} | {zone.lower() for zone in available_timezones()}
    for name, written in sorted(forms().items()):
        is_place = {record[0] for record in rows.get(name, ())} & set("HZCR") or name in great
        is_listed = name in ZONES_FIRST | PLACES_FIRST
        if name in named and not is_listed and (name in WORDS_FIRST or not is_place):
            rows[name].add(f"W|{'|'.join(sorted(written))}")
    for name in phrases(rows):
        rows[name].add("W|")
    for code in WORD_CODES:
        rows[f"${code}"].add("W")
    for name in WORDS_FIRST:
        if not any(record.startswith("W") for record in rows[name]):
            rows[name].add(f"W|{name}")


def phrases(rows: Rows) -> set[str]:
    """The nicknames of towns that consist of the most frequent words of one language, as "central park"."""
    frequent = [
        {parts[0] for word in top_n_list(language, FREQUENT) if len(parts := words(word)) == 1}
        for language in LANGUAGES
    ]
    names = {name for row in geonames("cities15000").values() for name in other_names(row)}
    return {
        key(name)
        for name in names
        if rows.keys() >= {key(name)}
        and {record[0] for record in rows[key(name)]} == {"A", "S"}
        and any(listed.issuperset(words(name)) for listed in frequent)
    } - PHRASES_FIRST
