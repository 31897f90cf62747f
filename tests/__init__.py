"""Tests for pytest and trial.

A script that starts them with ``&`` makes them ignore SIGINT, as nohup does with SIGHUP. Child processes
would inherit that; they do not inherit a handler, so one that does nothing takes its place.
"""

import signal

for _name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"):
    _number = getattr(signal, _name, None)
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda *_: None)
