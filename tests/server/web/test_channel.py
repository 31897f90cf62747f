from unittest import skipIf

from hypothesis import given, strategies as st
from twisted.trial.unittest import SynchronousTestCase
from twisted.web import http_headers

from tests.fakes import WebSide, parse_response
from twisted_date.server.web.channel import MAX_BODY, MAX_HEAD, MAX_REQUEST_LINE

HEAD = b"GET /version HTTP/1.1\r\nHost: localhost\r\n"


class BoundTests(SynchronousTestCase):
    def refusal(self, data):
        """The status and the sentence of the response to bytes, after which the connection is closed."""
        web = WebSide()
        status, fields, body = parse_response(web.send(data))
        self.assertEqual(fields["Connection"], "close")
        self.assertEqual(fields["Content-Length"], str(len(body)))
        self.assertTrue(web.transport.half_closed)
        self.assertEqual(web.send(HEAD + b"\r\n"), b"")  # the rest is discarded
        self.assertEqual(web.factory.responses, {status: 1})
        return status, body.decode().removeprefix("error: ").removesuffix("\n")

    def test_long_request_line_is_refused(self):
        expected = 414, f"the URL is too long; a request line has {MAX_REQUEST_LINE} bytes at most"
        target = b"/" + b"x" * MAX_REQUEST_LINE
        self.assertEqual(self.refusal(b"GET " + target), expected)
        self.assertEqual(self.refusal(b"GET " + target + b" HTTP/1.1\r\n\r\n"), expected)

    def test_large_header_fields_are_refused(self):
        expected = 431, f"the header fields are too large; there is room for {MAX_HEAD} bytes"
        self.assertEqual(self.refusal(HEAD + b"X: " + b"x" * MAX_REQUEST_LINE), expected)
        self.assertEqual(self.refusal(HEAD + b"X: x\r\n" * (MAX_HEAD // 6)), expected)

    def test_many_small_header_fields_are_not(self):
        web = WebSide()
        self.assertEqual(parse_response(web.send(HEAD + b"X: x\r\n" * 2000 + b"\r\n"))[0], 200)

    def test_large_body_is_refused_before_it_is_sent(self):
        expected = 413, "a request needs no body here; send none"
        size = str(MAX_BODY + 1).encode()
        self.assertEqual(self.refusal(HEAD + b"Content-Length: " + size + b"\r\n\r\n"), expected)
        self.assertEqual(
            self.refusal(HEAD + b"Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n"), expected
        )

    def test_large_body_in_chunks_is_refused(self):
        chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
        data = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3
        self.assertEqual(self.refusal(data), (413, "a request needs no body here; send none"))

    def test_small_body_is_discarded(self):
        web = WebSide()
        for body in (
            b"Content-Length: 3\r\n\r\nabc",
            b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ):
            self.assertEqual(parse_response(web.send(HEAD + body))[0], 200)

    def test_expected_continuation_is_sent(self):
        web = WebSide()
        data = HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        self.assertEqual(web.send(data), b"HTTP/1.1 100 Continue\r\n\r\n")
        self.assertEqual(parse_response(web.send(b"abc"))[0], 200)

    @skipIf(not hasattr(http_headers, "InvalidHeaderName"), "Twisted before 24.11 takes any name")
    def test_invalid_name_of_a_header_field_is_refused(self):
        refused = self.refusal(b"GET /version HTTP/1.1\r\nBad Name: x\r\n\r\n")
        self.assertEqual(refused, (400, "this is not a request of HTTP/1.1"))

    def test_what_is_not_http_is_refused(self):
        expected = 400, "this is not a request of HTTP/1.1"
        for data in (
            b"\x16\x03\x01\x02\x00\x01\x00\r\n",
            b"GET /version\r\n\r\n",
            b"GET /version HTTP/1.1\r\nnonsense\r\n\r\n",
            HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            HEAD + b"Content-Length: x\r\n\r\n",
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        ):
            self.assertEqual(self.refusal(data), expected, data)

    @given(st.binary(max_size=300), st.binary(max_size=300))
    def test_any_bytes_are_survived(self, first, second):
        web = WebSide()
        web.send(b"GET /" + first)
        web.send(second)
        web.transport.finish()


class RequestTests(SynchronousTestCase):
    def setUp(self):
        self.web = WebSide()

    def test_head_gets_no_body(self):
        status, fields, body = self.web.request("/version", method="HEAD")
        expected = self.web.request("/version")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(fields["Content-Length"], expected[1]["Content-Length"])

    def test_other_methods_are_not_allowed(self):
        for method in ("POST", "PUT", "DELETE", "TRACE", "CONNECT", "FROB", "get"):
            status, fields, body = self.web.request("/version", method=method)
            self.assertEqual((status, fields["Allow"]), (405, "GET, HEAD, OPTIONS"))
            self.assertEqual(body, b"error: only GET and HEAD are understood here\n")

    def test_options_are_told_to_pages_of_others(self):
        for target in ("/date", "*"):
            status, fields, body = self.web.request(target, method="OPTIONS", Origin="https://a.example")
            self.assertEqual((status, body, fields["Allow"]), (200, b"", "GET, HEAD, OPTIONS"))
            self.assertEqual(fields["Access-Control-Allow-Origin"], "*")

    def test_connection_is_kept_unless_it_is_to_be_closed(self):
        self.web.request("/version")
        self.assertFalse(self.web.transport.half_closed)
        status, fields, _ = self.web.request("/version", Connection="close")
        self.assertEqual((status, fields["Connection"]), (200, "close"))
        self.assertTrue(self.web.transport.half_closed)

    def test_old_version_is_answered_and_closed(self):
        data = self.web.send(b"GET /version HTTP/1.0\r\n\r\n")
        self.assertEqual(parse_response(data)[0], 200)
        self.assertTrue(self.web.transport.half_closed)

    def test_request_has_one_host(self):
        for fields in (b"", b"Host: localhost\r\nHost: localhost\r\n"):
            data = self.web.send(b"GET /version HTTP/1.1\r\n" + fields + b"\r\n")
            status, _, body = parse_response(data)
            self.assertEqual(
                (status, body), (400, b"error: a request of HTTP/1.1 has one Host field; send one\n")
            )

    def test_future_version_is_refused(self):
        self.assertEqual(self.web.request("/version", version="HTTP/3.0")[0], 400)
