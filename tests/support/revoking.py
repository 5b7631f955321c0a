# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an issuer says of its certificates: lists at a real nginx, answers of a real OCSP responder
(openssl)."""

import datetime
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import AuthorityInformationAccessOID
from process import Program, sbin

ADDRESS = "127.0.0.46"
OCSP_PORT = 8888

MAIN = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/tmp;
  proxy_temp_path {folder}/tmp;
  fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp;
  scgi_temp_path {folder}/tmp;
  server {{ listen {address}:80; root {folder}/lists; }}
}}
"""


def list_place(name):
    """The extension that names crl.ca.lab/@name."""
    place = x509.UniformResourceIdentifier(f"http://crl.ca.lab/{name}")
    return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])


def ocsp_place(port=OCSP_PORT):
    place = x509.UniformResourceIdentifier(f"http://ocsp.ca.lab:{port}/")
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)]
    )


class Revoking:
    """nginx and responder for one authority."""

    def __init__(self, folder, authority):
        self.folder = folder
        self.authority = authority
        os.makedirs(os.path.join(folder, "lists"))
        os.makedirs(os.path.join(folder, "tmp"))
        os.chmod(folder, 0o755)
        self.index = os.path.join(folder, "index.txt")
        self._rows = {}

    def publish(self, name, revoked=(), *, issuer=None, days=(-1, 7)):
        """A list, in place of the one before."""
        issuer = issuer or self.authority
        now = datetime.datetime.utcnow()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(now + datetime.timedelta(days=days[0]))
            .next_update(now + datetime.timedelta(days=days[1]))
        )
        for one in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.certificate.serial_number)
                .revocation_date(now + datetime.timedelta(days=days[0]))
                .build()
            )
        made = builder.sign(issuer._key, hashes.SHA256())
        with open(os.path.join(self.folder, "lists", name), "wb") as file:
            file.write(made.public_bytes(serialization.Encoding.DER))

    def asked(self, name):
        """How often a list was fetched."""
        with open(os.path.join(self.folder, "access.log"), encoding="utf-8") as file:
            return sum(f"/{name} " in line for line in file)

    def know(self, certificate, revoked=False):
        """What the responder says of it; before it starts."""
        serial = f"{certificate.certificate.serial_number:X}"
        serial = serial if len(serial) % 2 == 0 else "0" + serial
        end = certificate.certificate.not_valid_after.strftime("%y%m%d%H%M%SZ")
        state = ("R", end, "261101000000Z") if revoked else ("V", end, "")
        self._rows[serial] = "\t".join((*state, serial, "unknown", f"/CN={serial}"))
        with open(self.index, "w", encoding="ascii") as file:
            file.write("".join(row + "\n" for row in self._rows.values()))

    def __enter__(self):
        with open(os.path.join(self.folder, "conf"), "w", encoding="utf-8") as file:
            file.write(MAIN.format(folder=self.folder, address=ADDRESS))
        self.web = Program(
            "nginx",
            [sbin("nginx"), "-p", self.folder, "-e", os.path.join(self.folder, "error.log"),
             "-c", os.path.join(self.folder, "conf")],
            os.path.join(self.folder, "output"),
        )  # fmt: skip
        self.web.wait_port(ADDRESS, 80)
        self.responder = Program(
            "openssl ocsp",
            ["openssl", "ocsp", "-index", self.index, "-port", str(OCSP_PORT), "-CA",
             self.authority.file, "-rsigner", self.authority.file, "-rkey", self.authority.key,
             "-nmin", "60"],
            os.path.join(self.folder, "responder"),
        )  # fmt: skip
        # a connection without a question would keep it busy for ever
        self.responder.wait_until(
            lambda: "waiting for OCSP client" in self.responder.output(), "the responder waits"
        )
        return self

    def __exit__(self, *_):
        self.responder.stop()
        self.web.stop()
