"""`make bench`: every benchmark in turn."""

from bench import (
    calls,
    deciding,
    detector,
    embedding,
    encrypted,
    lookup,
    processes,
    promise,
    redaction,
    start,
    storm,
    stream,
)

start.main()
calls.main()
detector.main()
embedding.main()
deciding.main()
encrypted.main()
redaction.main()
stream.main()
promise.main()
storm.main()
lookup.main([])
processes.main()
