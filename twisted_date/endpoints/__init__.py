"""Endpoints for any Twisted service, independent of dates."""
