"""The server: its protocol, factory, service and options.

A program that embeds the server needs :func:`make_factory` only.
"""

from .factory import DateFactory, make_factory
from .limits import Limits

__all__ = ["DateFactory", "Limits", "make_factory"]
