# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exim, the second kind of mail server: GnuTLS instead of OpenSSL, other replies, other habits.

Debian's mail servers exclude each other, so its package is only unpacked (unpack()) and runs from
there inside the private /etc of a test (namespace.py).
"""

import os
import pwd

import unpacked
from maildir import Maildir
from process import Program, run

PACKAGE = "exim4-daemon-light"
USER = "Debian-exim"  # compiled in

CONFIG = """\
exim_path = {program}
primary_hostname = {hostname}
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
local_interfaces = {address}
daemon_smtp_ports = 25
tls_advertise_hosts = {advertise}
tls_certificate = {folder}/chain
tls_privatekey = {folder}/key
acl_smtp_rcpt = check
acl_smtp_data = check
keep_environment =
message_size_limit = 100M
host_lookup =
rfc1413_hosts =
chunking_advertise_hosts = *
dsn_advertise_hosts = *
smtp_accept_max = 0
begin acl
check:
  accept
begin routers
everybody:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {folder}/mail/all
  maildir_format
  create_directory
  user = nobody
  return_path_add
  delivery_date_add
  envelope_to_add
"""


def unpack(folder):
    """The program's path; its package is downloaded once."""
    return unpacked.unpack(PACKAGE, "usr/sbin/exim4", folder)


class Exim(Maildir):
    def __init__(self, folder, program, hostname, address, certificate=None):
        super().__init__(os.path.join(folder, "mail", "all"))
        self.folder = folder
        self.program = os.path.abspath(program)
        self.address = address
        owner = pwd.getpwnam(USER)
        mail = pwd.getpwnam("nobody")
        for name, uid in (("", owner.pw_uid), ("spool", owner.pw_uid), ("mail", mail.pw_uid)):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
            os.chown(os.path.join(folder, name), uid, -1)
            os.chmod(os.path.join(folder, name), 0o755)
        if certificate:
            self._copy(certificate.chain, "chain", owner.pw_uid)
            self._copy(certificate.key, "key", owner.pw_uid)
        os.makedirs("/etc/exim4", exist_ok=True)
        with open("/etc/exim4/exim4.conf", "w", encoding="utf-8") as file:
            file.write(
                CONFIG.format(
                    hostname=hostname, program=self.program, folder=folder, address=address,
                    advertise="*" if certificate else "",
                )  # fmt: skip
            )
        self.running = None

    def _copy(self, source, name, uid):
        path = os.path.join(self.folder, name)
        with open(source, "rb") as old, open(path, "wb") as new:
            new.write(old.read())
        os.chown(path, uid, -1)
        os.chmod(path, 0o400)

    def log(self):
        with open(os.path.join(self.folder, "mainlog"), encoding="utf-8") as file:
            return file.read()

    def __enter__(self):
        self.running = Program(
            "exim", [self.program, "-bdf", "-q30m"], os.path.join(self.folder, "output"),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )  # fmt: skip
        self.running.wait_port(self.address, 25)
        return self

    def __exit__(self, *_):
        self.running.stop()
