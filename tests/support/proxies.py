# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy of the kind "http" (CONNECT) or "socks5", on a port of its own.

    proxy = Proxy("socks5")
    proxy.asked           # ["host:port", ...]
"""

import contextlib
import socket
import struct
import threading


class Proxy:
    def __init__(self, kind, refuse=False):
        self.greet = {"http": self.http, "socks5": self.socks5}[kind]
        self.refuse = refuse
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            raw, _ = self.listener.accept()
            threading.Thread(target=self.one, args=[raw], daemon=True).start()

    def one(self, raw):
        with contextlib.suppress(OSError), raw:
            host, port, yes, no = self.greet(raw)
            self.asked.append(f"{host}:{port}")
            if self.refuse:
                raw.sendall(no)
                return
            with socket.create_connection((host, port)) as other:
                raw.sendall(yes)
                back = threading.Thread(target=pour, args=[other, raw], daemon=True)
                back.start()
                pour(raw, other)
                back.join()

    def http(self, raw):
        head = b""
        while b"\r\n\r\n" not in head:
            head += raw.recv(4096)
        host, port = head.split(b" ")[1].decode().rsplit(":", 1)
        return host, int(port), b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 403 Forbidden\r\n\r\n"

    def socks5(self, raw):
        methods = raw.recv(2)[1]
        raw.recv(methods)
        raw.sendall(b"\5\0")
        kind = raw.recv(4)[3]
        host = raw.recv(raw.recv(1)[0]).decode() if kind == 3 else socket.inet_ntoa(raw.recv(4))
        (port,) = struct.unpack("!H", raw.recv(2))
        rest = b"\0\1\0\0\0\0\0\0"
        return host, port, b"\5\0" + rest, b"\5\2" + rest


def pour(source, target):
    with contextlib.suppress(OSError):
        while got := source.recv(65536):
            target.sendall(got)
        target.shutdown(socket.SHUT_WR)
