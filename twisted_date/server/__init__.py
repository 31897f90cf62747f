"""The server: its protocol, factory, service and options.

:func:`make_factory` is all that a program needs that listens itself.
"""

from .factory import DateFactory, make_factory
from .limits import Limits

__all__ = ["DateFactory", "Limits", "make_factory"]
