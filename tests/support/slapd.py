# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slapd as an office's directory of people and their certificates: LDAPS, and LDAP with StartTLS."""

import base64
import os
import subprocess

from process import Program, sbin

CONFIG = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/pid
argsfile {folder}/args
TLSCACertificateFile {ca}
TLSCertificateFile {chain}
TLSCertificateKeyFile {key}
database mdb
maxsize 10485760
suffix "{base}"
directory {folder}/data
"""


class Directory:
    """person() as often as wanted, then enter."""

    base = "dc=office,dc=lab"

    def __init__(self, folder, authority, name, address):
        self.folder = folder
        self.name = name
        self.address = address
        self.program = None
        self.entries = [f"dn: {self.base}\nobjectClass: domain\ndc: office\n"]
        os.makedirs(os.path.join(folder, "data"))
        certificate = authority.issue(name)
        self.config = os.path.join(folder, "slapd.conf")
        with open(self.config, "w", encoding="ascii") as file:
            file.write(
                CONFIG.format(folder=folder, ca=authority.file, chain=certificate.chain,
                              key=certificate.key, base=self.base)
            )  # fmt: skip

    def person(self, address, **attributes):
        """@attributes: userCertificate, userSMIMECertificate: octets."""
        uid = address.replace("@", ".").replace("*", "star")
        lines = [f"dn: uid={uid},{self.base}", "objectClass: inetOrgPerson", f"uid: {uid}",
                 f"cn: {uid}", f"sn: {uid}", f"mail: {address}"]  # fmt: skip
        for name, octets in attributes.items():
            option = ";binary" if name == "userCertificate" else ""
            lines.append(f"{name}{option}:: {base64.b64encode(octets).decode()}")
        self.entries.append("\n".join(lines) + "\n")

    def __enter__(self):
        subprocess.run(
            [sbin("slapadd"), "-f", self.config], input="\n".join(self.entries), text=True,
            check=True, capture_output=True,
        )  # fmt: skip
        urls = f"ldaps://{self.address}:636 ldap://{self.address}:389"
        self.program = Program(
            "slapd", [sbin("slapd"), "-f", self.config, "-h", urls, "-d", "0"],
            os.path.join(self.folder, "output"),
        )  # fmt: skip
        return self.program.wait_port(self.address, 636) and self

    def __exit__(self, *_):
        self.program.stop()
