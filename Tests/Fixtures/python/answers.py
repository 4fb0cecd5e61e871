"""Answers of every shape, for checks: HTTP in its forms on a port, the same over TLS and on a unix socket, and a port
that speaks something else. Prints its ports on one line. Ends with its input."""

import http.server
import os
import socket
import ssl
import sys
import threading
import time

folder = sys.argv[1]


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def text(self, body, status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def raw(self, data):
        self.wfile.write(data)
        self.close_connection = True

    def answer(self):
        path = self.path.split("?")[0]
        if path == "/chunked":
            self.raw(
                b"HTTP/1.1 200 OK\r\ntRANSFER-encoding:  Chunked\r\nX-VERSION:\t v2 \r\n\r\n"
                b"6;name=value\r\nhel\x00lo\r\n7\r\n world\n\r\nBB8\r\n" + b"x" * 3000 + b"\r\n3\r\nend\r\n0\r\nTrailer: x\r\n\r\n"
            )
        elif path == "/old":
            self.raw(b"HTTP/1.0 200 OK\nContent-Type: text/plain\n\nold\nserver\n")
        elif path == "/hints":
            self.raw(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        elif path == "/kept":
            # Does not close, though it was asked to.
            self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept")
            self.wfile.flush()
            time.sleep(20)
        elif path == "/empty":
            self.close_connection = True
        elif path == "/none":
            self.send_response(204)
            self.end_headers()
        elif path == "/down":
            self.text(b"down for\nmaintenance \x1b[31m", status=503)
        elif path == "/slow":
            time.sleep(20)
        elif path == "/large":
            self.send_response(200)
            self.send_header("Content-Length", str(50_000_000))
            self.end_headers()
            self.wfile.write(b"begin" + b"y" * 49_999_995)
        elif path == "/asked":
            given = "%s %s %s" % (self.command, self.headers.get("X-Token"), self.headers.get("Host"))
            self.text(given.encode(), X_Asked=self.path)
        else:
            self.text(b"fine, version 1.2.3\n", X_App="shop * one")

    do_GET = do_HEAD = do_POST = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


class SocketServer(Server):
    address_family = socket.AF_UNIX

    def server_bind(self):
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "socket", 0

    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("socket", 0)


def greet(listener):
    while True:
        connection, _ = listener.accept()
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.close()


def start(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()


plain = Server(("127.0.0.1", 0), Answers)
secure = Server(("127.0.0.1", 0), Answers)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/certificate.pem", folder + "/key.pem")
secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
other = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=greet, args=(other,), daemon=True).start()
for server in (plain, secure, SocketServer(folder + "/socket", Answers)):
    start(server)
print(plain.server_port, secure.server_port, other.getsockname()[1], flush=True)
sys.stdin.read()
os._exit(0)
