"""The airports and their cities, by IATA's codes, as rows of the table."""

import airportsdata
from wordfreq import top_n_list

from tools.place_rows import LANGUAGES, Rows
from tools.place_words import COMMON


def add_airports(rows: Rows) -> None:
    """Enter the zones of airports, and of cities that have several; and which codes are words."""
    airports = airportsdata.load("IATA")
    zones = {code: airport["tz"] for code, airport in airports.items()}
    for code, city in airportsdata.load_iata_macs().items():
        zones.setdefault(code, next(zones[code] for code in city["airports"] if code in zones))
    words = {word for language in LANGUAGES for word in top_n_list(language, COMMON)}
    for code, zone in zones.items():
        rows[f"!{code.lower()}"].add(f"L|{zone}")
        if code.lower() in words:
            rows[f"!{code.lower()}"].add("W")
