"""How Sphinx builds this documentation: .venv/bin/sphinx-build -W docs docs/build"""

from twisted_date import __version__

project = "datechat"
version = release = __version__
copyright = "the datechat authors"  # noqa: A001 - Sphinx calls it so
exclude_patterns = ["build", "man"]
extensions = ["sphinx.ext.autodoc"]
html_theme = "furo"
html_title = f"datechat {__version__}"
highlight_language = "none"  # what is not said to be code is not
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_class_signature = "separated"
