"""What a monitoring system gets: the metrics, and whether the server serves."""

from collections.abc import Callable

from ..factory import DateFactory
from .errors import RequestRefused, WebError
from .exchange import HEALTH_PATH, Head, health_response
from .responses import Response

METRICS_PATH = "/metrics"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricsSite:
    """The metrics, and whether the server serves.

    :param server: the server that they are about.
    :param metrics: renders the metrics.
    """

    def __init__(self, server: DateFactory, metrics: Callable[[], bytes]) -> None:
        self._server = server
        self._metrics = metrics

    def respond(self, head: Head) -> Response:
        """The response to a request.

        :raises RequestRefused: when there is no such page.
        """
        if head.target.path == METRICS_PATH:
            return Response(self._metrics(), METRICS_TYPE)
        if head.target.path == HEALTH_PATH:
            return health_response(self._server)
        raise RequestRefused(WebError.NO_PAGE, paths=f"{METRICS_PATH}, {HEALTH_PATH}")
