"""Free ports for tests, so that parallel test runs on one machine do not collide."""

import itertools
import os
import socket

LOWEST, HIGHEST = 20000, 32000  # below Linux's ephemeral range, which outgoing connections use

_next = itertools.count(LOWEST + os.getpid() * 100 % (HIGHEST - LOWEST), 100)


def free_block(size=100):
    """Return the first of ``size`` consecutive ports, at most 100, free on both loopback addresses."""
    while True:
        base = LOWEST + (next(_next) - LOWEST) % (HIGHEST - LOWEST)
        if all(_is_free(port) for port in range(base, base + size)):
            return base


def _is_free(port):
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
