"""Runs twistd with a frozen clock: ``python frozen_clock.py NANOSECONDS -n datechat …``."""

import sys
import time

from twisted.scripts.twistd import run

now_ns = int(sys.argv.pop(1))
time.time_ns = lambda: now_ns
run()
