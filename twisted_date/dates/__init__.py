"""Dates in words, formats and zones. Pure: no Twisted, no sockets, and the clock is a parameter."""
