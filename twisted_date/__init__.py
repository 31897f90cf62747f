"""datechat: ``date(1)`` as a network service you can talk to, one line in, one line out."""

__version__ = "0.1.0"
