"""The server: its protocol, factory, service and options.

:func:`make_factory` and :func:`make_service` are for programs that embed it.
"""

from .embedding import make_service
from .factory import DateFactory, make_factory
from .limits import Limits

__all__ = ["DateFactory", "Limits", "make_factory", "make_service"]
