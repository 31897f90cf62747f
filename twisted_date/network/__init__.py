"""Networking on Twisted, independent of dates: connections, scheduling, timeouts, accepting and closing."""
