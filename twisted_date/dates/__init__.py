"""What a date is. Pure: no Twisted, no sockets, and the time is always given."""

ENGLISH = "en"  # CLDR's identifier of the language that is told where nobody asks for another
