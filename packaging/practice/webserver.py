# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves a few pages over HTTPS for the practice world: MTA-STS policies (RFC 8461 3.3), keys of
a web key directory."""

import http.server
import ssl
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):  # noqa: N802 (the library's name)
        host = self.headers.get("Host", "").partition(":")[0]
        page = self.server.pages.get(host + self.path.partition("?")[0])
        kind = "text/plain" if self.path.endswith(".txt") else "application/octet-stream"
        body = page if page is not None else b"nothing here\n"
        self.send_response(200 if page is not None else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class WebServer(http.server.ThreadingHTTPServer):
    """@pages: {"mta-sts.sts.lab/.well-known/mta-sts.txt": octets}; @certificate covers all these
    hosts."""

    def __init__(self, address, port, pages, certificate):
        self.pages = pages
        super().__init__((address, port), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate.chain, certificate.key)
        self.socket = tls.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request, client_address):
        pass

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()
