"""The one kind of error that ends the benchmark with a sentence instead of a traceback."""


class BenchError(Exception):
    """Something the person at the keyboard can act on."""
