from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from twisted_date.cli.options import WrongSettings
from twisted_date.client.connect import NOT_AN_ENDPOINT
from twisted_date.client.errors import ServerBusy, ServerNotFound, WrongServer
from twisted_date.client.hints import with_hint, with_option
from twisted_date.client.port_file import NO_PORT_FILE
from twisted_date.client.settings import Target
from twisted_date.endpoints.tls_client import CLOSED_AT_ONCE, NO_TLS_THERE, NOT_FOR_HOST
from twisted_date.i18n.messages import Sentence


def not_found(error, nothing_answered=False):
    wrapped = ServerNotFound(Sentence("no datechat server at {where}: {error}"), where="x", error=error)
    wrapped.nothing_answered = nothing_answered
    return wrapped


class HintTests(SynchronousTestCase):
    def hint(self, error, **target):
        return str(with_hint(error, Target(**{"ports": range(7, 9), **target})))

    def test_errors_that_an_option_mends_name_it(self):
        for sentence, words in (
            (CLOSED_AT_ONCE, "closes the connection at once; --tls is for a server that speaks TLS"),
            (NOT_FOR_HOST, "is not for x; --host names the host it is for"),
        ):
            error = WrongServer(sentence, host="x")
            self.assertTrue(self.hint(not_found(error)).endswith(words))
            self.assertTrue(self.hint(error).endswith(words))
        plain = self.hint(not_found(WrongServer(NO_TLS_THERE, reason="wrong version number")))
        self.assertTrue(
            plain.endswith("(wrong version number); leave out --tls where the server speaks plain")
        )
        unread = ServerNotFound(NO_PORT_FILE, path=Path("x"), reason="No such file or directory")
        self.assertTrue(self.hint(unread).endswith("; a server started with --port-file writes one"))

    def test_missing_server_on_this_machine_can_be_started(self):
        refused = not_found(ServerNotFound("Connection refused"), nothing_answered=True)
        self.assertEqual(
            self.hint(refused),
            "no datechat server at x: Connection refused; twistd -n datechat --base-port 7 starts one",
        )

    def test_no_server_is_to_be_started_elsewhere_or_beside_another(self):
        refused = not_found(ServerNotFound("Connection refused"), nothing_answered=True)
        self.assertTrue(self.hint(refused, host="example.org").endswith("Connection refused"))
        self.assertTrue(self.hint(not_found(ServerNotFound("a stranger"))).endswith("a stranger"))

    def test_connect_stands_alone(self):
        error = WrongServer(NOT_FOR_HOST, host="x")
        self.assertEqual(self.hint(error, endpoint="tls:x:1"), "the certificate is not for x")

    def test_other_errors_stay(self):
        busy = ServerBusy("datechat is full")
        self.assertIs(with_hint(busy, Target()), busy)


class OptionTests(SynchronousTestCase):
    def test_wrong_endpoint_is_that_of_connect(self):
        error = WrongSettings(NOT_AN_ENDPOINT, description="x", error="unknown")
        self.assertTrue(str(with_option(error)).startswith("--connect 'x' is not an endpoint like tcp:"))

    def test_other_errors_stay(self):
        error = WrongSettings(Sentence("--zone: no"))
        self.assertIs(with_option(error), error)
