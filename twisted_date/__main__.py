"""``python -m twisted_date`` is the command ``datechat``."""

from .client.main import main

if __name__ == "__main__":
    main()
