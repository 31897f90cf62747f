"""The wire: thin protocols over Twisted, and the endpoints they run on."""
