"""One session: its commands, state, replies and error codes.

Pure, without sockets: the bytes of any line in, a :class:`~.replies.Reply` out.
"""
