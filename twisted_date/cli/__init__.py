"""Code shared by the client's and the server's command line."""
