"""Endpoints for any Twisted service; nothing here knows of dates."""
