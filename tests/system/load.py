"""Constant load on a running server."""

import threading
from itertools import cycle, islice


class Load:
    """Constant load in the context: requests, one after the other, from several threads.

    :param requests: functions, of which each thread has one. Each makes a request and returns None, or what
        was wrong.
    :ivar done: the number of finished requests.
    :ivar failures: what was wrong, errors of the system included.
    """

    def __init__(self, *requests, threads):
        self.done = 0
        self.failures = []
        self._stop = threading.Event()
        ours = islice(cycle(requests), threads)
        self._threads = [threading.Thread(target=self._run, args=(request,)) for request in ours]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, request):
        while not self._stop.is_set():
            try:
                failure = request()
            except OSError as error:
                failure = repr(error)
            self.done += 1
            if failure is not None:
                self.failures.append(failure)
