"""The official conformance suite against our own server, with the fixtures that it asks for."""
