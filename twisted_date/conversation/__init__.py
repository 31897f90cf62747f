"""One dialogue: the command table, the session, the sentences.

Pure: bytes of a line in, a Reply out, whatever a peer sent.
"""
