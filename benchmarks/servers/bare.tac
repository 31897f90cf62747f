# The same as bare.py, and as little of a service as twistd can run: twistd -n -y bare.tac, with PORT in the
# environment.
import os

from twisted.application.service import Application
from twisted.application.strports import service
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver


class Bare(LineReceiver):
    delimiter = b"\n"

    def lineReceived(self, line):
        self.sendLine(b"2026-12-25T19:00:00+01:00")


application = Application("bare")
service(f"tcp:{os.environ['PORT']}:interface=127.0.0.1", Factory.forProtocol(Bare)).setServiceParent(
    application
)
