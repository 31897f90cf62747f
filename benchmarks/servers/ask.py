"""As little of a client as Twisted can be: asks one line, prints the reply, ends. ask.py PORT"""

import sys
from typing import Any

from twisted.internet import protocol, reactor as installed
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.protocols.basic import LineReceiver

reactor: Any = installed


class Asking(LineReceiver):
    delimiter = b"\n"

    def connectionMade(self) -> None:
        self.sendLine(b"/date")

    def lineReceived(self, line: bytes) -> None:
        print(line.decode())
        reactor.stop()


protocol.Factory.noisy = False
connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", int(sys.argv[1])), Asking())
reactor.run()
