# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail servers as control hosts see them from good and bad networks, on one port of 127.0.4.x.

Prints one line of JSON when they listen, and stops when its stdin is closed. The names stand in
the zone control.lab (zones_cases.py).
"""

import json
import os
import socket
import socketserver
import ssl
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from certificates import Authority  # noqa: E402

# 127.0.4.N: what happens there
BEHAVIOURS = {1: "good", 2: "foreign", 3: "stripped", 4: "silent", 5: "busy", 6: "good"}


def serve(behaviour, context):
    class Handler(socketserver.StreamRequestHandler):
        def say(self, text):
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self):
            if behaviour == "silent":
                self.rfile.read()
                return
            if behaviour == "busy":
                self.say("554 no service for you")
                return
            self.say("220 mx ESMTP")
            for line in self.rfile:
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"EHLO":
                    self.say("250-mx\r\n250 STARTTLS" if behaviour != "stripped" else "250 mx")
                elif verb == b"STARTTLS":
                    self.say("220 go")
                    self.secure()
                    return
                else:
                    self.say("221 bye" if verb == b"QUIT" else "250 ok")

        def secure(self):
            try:
                with context.wrap_socket(self.connection, server_side=True) as tls:
                    while tls.recv(4096):
                        tls.sendall(b"250 mx\r\n")
            except (ssl.SSLError, OSError):
                pass

    return Handler


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context


def free_port():
    with socket.socket() as tcp:
        tcp.bind(("127.0.4.1", 0))
        return tcp.getsockname()[1]


def main():
    with tempfile.TemporaryDirectory(prefix="letterlock-control-") as folder:
        ours, theirs = Authority(folder), Authority(folder, "Middle Box")
        port = free_port()
        for number, behaviour in BEHAVIOURS.items():
            authority = theirs if behaviour == "foreign" else ours
            context = tls(authority.issue(f"c{number}.control.lab"))
            server = Server((f"127.0.4.{number}", port), serve(behaviour, context))
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        print(json.dumps({"port": port, "ca": ours.file}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
