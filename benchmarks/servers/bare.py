"""A bare Twisted server: a stock LineReceiver with a constant answer, which closes after ``au revoir``.

It lets the peer half-close: without that, Twisted would lose the answer.
"""

import sys
from typing import Any

from twisted.internet import protocol, reactor as installed
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.protocols.basic import LineReceiver
from zope.interface import implementer

ANSWER = b"2026-12-25T19:00:00+01:00"


@implementer(IHalfCloseableProtocol)
class Bare(LineReceiver):
    delimiter = b"\n"
    transport: Any

    def lineReceived(self, line: bytes) -> None:
        self.sendLine(ANSWER)
        if line == b"au revoir":
            self.transport.loseConnection()

    def readConnectionLost(self) -> None:
        self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        pass


reactor: Any = installed
factory = protocol.Factory.forProtocol(Bare)
factory.noisy = False
reactor.listenTCP(int(sys.argv[1]), factory, 4096, "127.0.0.1")
reactor.run()
