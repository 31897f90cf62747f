"""The person's side: standard streams, and a line editor where there is a terminal for it."""
