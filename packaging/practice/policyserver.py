# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves MTA-STS policies over HTTPS for the practice world (RFC 8461 3.3)."""

import http.server
import ssl
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):  # noqa: N802 (the library's name)
        host = self.headers.get("Host", "").partition(":")[0]
        text = self.server.policies.get(host)
        known = text is not None and self.path == "/.well-known/mta-sts.txt"
        body = (text if known else "nothing here\n").encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class PolicyServer(http.server.ThreadingHTTPServer):
    """@policies: {"mta-sts.sts.lab": text}; @certificate covers all these names."""

    def __init__(self, address, port, policies, certificate):
        self.policies = policies
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
