"""The datechat client: a library, a batch tool for scripts, and an interactive prompt."""
