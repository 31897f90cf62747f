"""The errors of HTTP requests: status, stable code and sentence."""

from ...conversation import replies
from ...i18n.messages import ErrorCode, Sentence, SentenceError


class WebError(ErrorCode):
    """The errors of HTTP requests; those of lines and dates are the same as in a conversation."""

    BAD_REQUEST = 400, "bad-request", Sentence("this is not a request of HTTP/1.1")
    BAD_HOST = 400, "bad-host", Sentence("a request of HTTP/1.1 has one Host field; send one")
    NOT_UTF8 = 400, "not-utf8", Sentence("the URL is not UTF-8; send text in UTF-8")
    UNKNOWN_PARAMETER = (
        400,
        "unknown-parameter",
        Sentence("{name} is not a parameter here; there are {known}"),
    )
    REPEATED_PARAMETER = 400, "repeated-parameter", Sentence("{name} is given twice; give it once")
    WORDS_TWICE = (
        400,
        "words-twice",
        Sentence("the path has words, and q has others; give them in one of the two"),
    )
    NO_HANDSHAKE = 400, "bad-handshake", Sentence("this is not a handshake of WebSocket, version 13")
    WRONG_ORIGIN = (
        403,
        "wrong-origin",
        Sentence("pages of {origin} may not talk to this server; its --web-origin lists others"),
    )
    NO_PAGE = 404, "no-page", Sentence("there is nothing here; there are {paths}")
    METHOD_NOT_ALLOWED = 405, "method-not-allowed", Sentence("only GET and HEAD are understood here")
    TIMEOUT = 408, "timeout", Sentence("the request was not complete after {seconds:g} seconds")
    BODY_TOO_LARGE = 413, "body-too-large", Sentence("a request needs no body here; send none")
    TARGET_TOO_LONG = (
        414,
        "target-too-long",
        Sentence("the URL is too long; a request line has {limit} bytes at most"),
    )
    WRONG_HOST = (
        421,
        "wrong-host",
        Sentence("the host {host} is not served here; its name has to be given with --web-host"),
    )
    UPGRADE_REQUIRED = 426, "upgrade-required", Sentence("/chat is for WebSocket; connect to it with ws://")
    HEAD_TOO_LARGE = (
        431,
        "head-too-large",
        Sentence("the header fields are too large; there is room for {limit} bytes"),
    )

    INTERNAL = (
        500,
        replies.INTERNAL,
        Sentence("datechat failed on this request and closes the connection; please try again"),
    )

    def __init__(self, status: int, code: str, sentence: Sentence) -> None:
        super().__init__(code, sentence)
        self.status = status


class RequestRefused(SentenceError):
    """Raised for a request that cannot be answered.

    :param kind: the error.
    :param values: the values of its sentence's placeholders.
    """

    def __init__(self, kind: WebError, **values: object) -> None:
        super().__init__(kind.sentence, **values)
        self.kind = kind
