"""The same conversation over HTTP and WebSocket, for browsers and curl."""
