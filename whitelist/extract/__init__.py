"""Takes the text out of documents. Everything here runs in a child process, see `child.py`."""
