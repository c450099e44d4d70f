"""`make bench`: every benchmark in turn."""

from bench import (
    calls,
    deciding,
    detector,
    embedding,
    encrypted,
    experiments,
    lookup,
    metering,
    processes,
    promise,
    redaction,
    reports,
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
reports.main([])
metering.main()
experiments.main()
processes.main()
