"""`make bench`: every benchmark in turn."""

from bench import calls, encrypted, redaction, start

start.main()
calls.main()
encrypted.main()
redaction.main()
