"""Runs the ``datechat`` command as ``python -m twisted_date``."""

from .client.main import main

if __name__ == "__main__":
    main()
