# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS hosts with good and bad certificates: nginx on one port of 127.0.0.1, told apart by SNI.

As a command: serves the cases of the HTTPS tests, prints one line of JSON when it answers, and
stops when its stdin is closed.
"""

import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from certificates import Authority, self_signed  # noqa: E402

LOCATIONS = """
  location = /ok { return 200 "hello\\n"; }
  location = /protocol { return 200 "$server_protocol\\n"; }
  location = /charset { default_type "TEXT/PLAIN; charset=US-ASCII"; return 200 "hello\\n"; }
  location = /redirect { return 302 https://ok.web.lab/ok; }
  location = /missing { return 404; }
  location = /broken { return 500; }
  location = /nothing { return 204; }
  location = /other { return 203 "hello\\n"; }
  location = /slow { limit_rate 1; alias big.txt; }
  location = /exact { alias exact.txt; }
  location = /big { alias big.txt; }
  location = /chunked { ssi on; ssi_types text/plain; alias big.txt; }
"""


def free_port():
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        return tcp.getsockname()[1]


def issue_cases(folder):
    """({host: (certificate, protocols)}, the authority that counts, the one that somebody added)."""
    ours, local = Authority(str(folder)), Authority(str(folder), "Local CA")
    good = ("ok.web.lab", "alias.web.lab", "private.web.lab")
    cases = {name: ours.issue(name) for name in good}
    cases["cn.web.lab"] = ours.issue("cn.web.lab", cn_only=True)
    cases["wrong.web.lab"] = ours.issue("wrong.web.lab", ["other.web.lab"])
    cases["partial.web.lab"] = ours.issue("partial.web.lab", ["part*.web.lab"])
    cases["wild.web.lab"] = ours.issue("wild.web.lab", ["*.web.lab"])
    cases["expired.web.lab"] = ours.issue("expired.web.lab", expired=True)
    cases["self.web.lab"] = self_signed(str(folder), "self.web.lab")
    cases["local.web.lab"] = local.issue("local.web.lab")
    cases["old.web.lab"] = ours.issue("old.web.lab")
    return cases, ours, local


class Plain(http.server.BaseHTTPRequestHandler):
    """HTTP/1.0 and nothing later: no length, the end of the connection is the end."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"hello\n")

    def log_message(self, *_):
        pass


def serve_old_http(certificate):
    """An HTTP/1.0 server; its port."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Plain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server.server_port


class Web:
    """The cases, and the nginx that serves them."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="letterlock-web-"))
        self.cases, self.authority, self.local = issue_cases(self.folder)
        self.port, self.old_port = free_port(), free_port()
        (self.folder / "exact.txt").write_text("x" * 65536)
        (self.folder / "big.txt").write_text("x" * 65537)
        self._local_store()
        self._start()

    def _local_store(self):
        """A store as the system's, in which somebody put a root of his own."""
        self.certs = self.folder / "certs"
        self.certs.mkdir()
        shutil.copy(self.local.file, self.certs / "local.pem")
        subprocess.run(["openssl", "rehash", str(self.certs)], check=True)

    def _port_of(self, name):
        # nginx takes the protocols of the first server of a port for all of them
        return self.old_port if name.startswith("old") else self.port

    def _configuration(self):
        locations = LOCATIONS.replace("alias ", f"alias {self.folder}/")
        servers = "".join(
            f"server {{\n listen 127.0.0.1:{self._port_of(name)} ssl http2;\n server_name {name};\n"
            f" ssl_certificate {certificate.chain};\n ssl_certificate_key {certificate.key};\n"
            f" ssl_protocols {'TLSv1.1' if name.startswith('old') else 'TLSv1.2 TLSv1.3'};\n"
            f" ssl_ciphers 'DEFAULT@SECLEVEL=0';\n default_type text/plain;\n{locations} }}\n"
            for name, certificate in self.cases.items()
        )
        temporary = "".join(
            f" {kind}_temp_path {self.folder}/tmp;\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"daemon off;\nmaster_process off;\npid {self.folder}/nginx.pid;\n"
            f"error_log {self.folder}/error.log;\nevents {{}}\nhttp {{\n access_log off;\n"
            f"{temporary} types {{ text/plain txt; }}\n{servers}}}\n"
        )

    def _start(self):
        conf = self.folder / "nginx.conf"
        conf.write_text(self._configuration())
        self.process = subprocess.Popen(
            ["/usr/sbin/nginx", "-p", str(self.folder), "-c", str(conf)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("nginx does not answer: " + (self.folder / "error.log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    web = Web()
    old_http = serve_old_http(web.cases["ok.web.lab"])
    ready = {"port": web.port, "old-port": web.old_port, "old-http": old_http, "ca": web.authority.file, "certs": str(web.certs)}
    print(json.dumps(ready), flush=True)
    sys.stdin.read()
    web.stop()


if __name__ == "__main__":
    main()
