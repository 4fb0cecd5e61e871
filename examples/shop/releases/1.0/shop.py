"""The shop, release 1.0."""

RELEASE = "1.0"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Release", RELEASE)])
    return [f"Welcome to the shop, release {RELEASE}\n".encode()]
