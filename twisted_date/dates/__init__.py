"""What a date is. Pure: no Twisted, no sockets, and the time is always given."""
