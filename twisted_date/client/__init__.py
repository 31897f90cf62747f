"""The client: for other programs, for scripts and for people."""
