"""The words that programs complete in moments and before places."""

from .vocabulary import LANGUAGES

# Words that many moments have, in both languages, with their accents
MOMENTS = (
    *("now", "today", "tomorrow", "yesterday", "noon", "midnight", "next", "last", "ago", "from now"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "week", "month", "year"),
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december", "christmas", "easter"),
    *("maintenant", "aujourd'hui", "demain", "hier", "midi", "minuit", "dans", "prochain", "dernier"),
    *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "semaine", "mois", "année"),
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"),
    *("novembre", "décembre", "noël", "pâques"),
)
# The words before a place. The vocabulary is stored without accents, but people also type "à".
PREPOSITIONS = (*(word for language in LANGUAGES for word in (*language.places, *language.toward)), "à")
