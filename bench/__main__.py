"""`make bench`: every benchmark in turn."""

from bench import calls, start

start.main()
calls.main()
