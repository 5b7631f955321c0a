# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx as the web servers that publish MTA-STS policies (RFC 8461 3.3)."""

import os

from process import Program, sbin

MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  log_format asked '$ssl_server_name $request $status';
  access_log {folder}/access.log asked;
  default_type text/plain;
  client_body_temp_path {folder}/tmp;
  proxy_temp_path {folder}/tmp;
  fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp;
  scgi_temp_path {folder}/tmp;
{servers}}}
"""

SERVER = """\
  server {{
    listen {address}:{port} ssl;
    server_name mta-sts.{domain};
    ssl_certificate {chain};
    ssl_certificate_key {key};
    ssl_protocols {protocols};
    location = /.well-known/mta-sts.txt {{ {answer} }}
    location / {{ return 404; }}
  }}
"""

KEYS = """\
  server {{
    listen {address}:{port} ssl;
    server_name {name};
    ssl_certificate {chain};
    ssl_certificate_key {key};
    {places}
    location / {{ return 404; }}
  }}
"""


def policy(mode, *mx, max_age=86400):
    lines = ["version: STSv1", f"mode: {mode}", *(f"mx: {m}" for m in mx), f"max_age: {max_age}"]
    return "".join(line + "\r\n" for line in lines)


class Policies:
    """publish() as often as wanted, then enter; publish() again and reload() to change."""

    def __init__(self, folder, authority, address="127.0.0.44", port=443):
        self.folder = folder
        self.authority = authority
        self.address = address
        self.port = port
        self.servers = {}
        self.program = None
        os.makedirs(os.path.join(folder, "tmp"), exist_ok=True)
        os.chmod(folder, 0o755)

    def publish(self, domain, text, certificate=None, status=200, protocols="TLSv1.2 TLSv1.3"):
        """@certificate: another one than a good one for mta-sts.@domain."""
        name = f"mta-sts.{domain}"
        certificate = certificate or self.authority.issue(name)
        body = os.path.join(self.folder, domain)
        with open(body, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        answer = f"alias {body};" if status == 200 else f"return {status};"
        self.servers[domain] = SERVER.format(
            address=self.address, port=self.port, domain=domain, chain=certificate.chain,
            key=certificate.key, protocols=protocols, answer=answer,
        )  # fmt: skip
        self._write()
        return self

    def key_directory(self, domain, files):
        """A web key directory for @domain: {hash: octets}."""
        places = {f"/.well-known/openpgpkey/{domain}/hu/{x}": blob for x, blob in files.items()}
        self.serve(f"openpgpkey.{domain}", places)

    def serve(self, name, files, certificate=None):
        """Any host: {path: octets, or an nginx directive}; all other paths are not found."""
        certificate = certificate or self.authority.issue(name)
        places = []
        for path, what in files.items():
            if isinstance(what, bytes):
                body = os.path.join(self.folder, f"{name}-{len(places)}")
                with open(body, "wb") as file:
                    file.write(what)
                what = f"alias {body};"
            places.append(f"location = {path} {{ {what} }}")
        self.servers[name] = KEYS.format(
            address=self.address, port=self.port, name=name, chain=certificate.chain,
            key=certificate.key, places="\n    ".join(places),
        )  # fmt: skip
        self._write()

    def _write(self):
        with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as file:
            file.write(MAIN.format(folder=self.folder, servers="".join(self.servers.values())))

    def _command(self, *more):
        # what goes wrong before the configuration is read must not reach for /var/log
        log = os.path.join(self.folder, "error.log")
        conf = os.path.join(self.folder, "conf")
        return [sbin("nginx"), "-p", self.folder, "-e", log, "-c", conf, *more]

    def fetched(self, domain):
        """How often the policy was asked for."""
        return self.requests(f"mta-sts.{domain}", "")

    def requests(self, name, path):
        """How often this host was asked for what begins so."""
        try:
            with open(os.path.join(self.folder, "access.log"), encoding="utf-8") as file:
                return sum(line.startswith(f"{name} GET {path}") for line in file)
        except FileNotFoundError:
            return 0

    def reload(self):
        self.program.stop()
        self.__enter__()

    def __enter__(self):
        self._write()
        self.program = Program("nginx", self._command(), os.path.join(self.folder, "output"))
        return self.program.wait_port(self.address, self.port) and self

    def __exit__(self, *_):
        self.program.stop()
