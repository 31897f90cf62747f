"""The server: its protocol, factory, service and options."""
