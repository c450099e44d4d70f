"""`make bench`: every benchmark in turn."""

from bench import calls, detector, encrypted, redaction, start

start.main()
calls.main()
detector.main()
encrypted.main()
redaction.main()
