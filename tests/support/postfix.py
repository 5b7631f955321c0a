# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Postfix instances with their own folders; any number of addresses, each with its own TLS.

All letters end in one Maildir, <folder>/mail/all/new/, one copy for each recipient, with his
address in Delivered-To. As root of the namespace only.
"""

import os
import pwd

from maildir import Maildir
from process import Program, run, sbin, wait_until

DAEMONS = "/usr/lib/postfix/sbin"
MAIL_USER = "nobody"

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = {hostname}
mydestination =
mynetworks = 0.0.0.0/0 [::]/0
inet_interfaces = all
inet_protocols = all
local_recipient_maps =
alias_maps =
alias_database =
smtpd_relay_restrictions = {relay}
smtpd_recipient_restrictions =
smtpd_peername_lookup = no
local_header_rewrite_clients =
default_transport = {transport}
relay_transport = {transport}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 104857600
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_tls_session_cache_database = btree:${{data_directory}}/smtpd_tls
in_flow_delay = 0
smtp_address_preference = ipv4
{more}
"""

SERVICES = """\
postlog   unix-dgram n  -       n       -       1       postlogd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
"""

QUEUES = "active bounce corrupt defer deferred flush hold incoming saved trace".split()


def make_folders(folder):
    """What master(8) wants to find."""
    postfix = pwd.getpwnam("postfix")
    mail = pwd.getpwnam(MAIL_USER)

    def make(path, uid=0, gid=0, mode=0o755):
        os.makedirs(os.path.join(folder, path), exist_ok=True)
        os.chown(os.path.join(folder, path), uid, gid)
        os.chmod(os.path.join(folder, path), mode)

    make(".")
    make("queue")
    make("queue/pid")
    for name in QUEUES + ["private"]:
        make("queue/" + name, postfix.pw_uid, 0, 0o700)
    make("queue/public", postfix.pw_uid, postfix.pw_gid, 0o710)
    make("queue/maildrop", postfix.pw_uid, postfix.pw_gid, 0o730)
    make("data", postfix.pw_uid, 0, 0o700)
    make("config")
    make("mail", mail.pw_uid, mail.pw_gid, 0o700)


class Postfix(Maildir):
    """An instance; listen() as often as wanted, then start()."""

    def __init__(self, folder, hostname, *, relay="permit_mynetworks,reject", transport="virtual", **main):
        Maildir.__init__(self, os.path.join(folder, "mail", "all"))
        self.folder = folder
        self.addresses = []
        self.services = []
        self.program = None
        self.marks = 0
        make_folders(folder)
        mail = pwd.getpwnam(MAIL_USER)
        more = "\n".join(f"{k} = {v}" for k, v in main.items())
        self._write(
            "config/main.cf",
            MAIN.format(
                folder=folder, hostname=hostname, relay=relay, transport=transport,
                uid=mail.pw_uid, gid=mail.pw_gid, more=more,
            ),
        )  # fmt: skip

    def _write(self, name, content):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(content)

    def listen(self, address, port=25, certificate=None, hostname=None, **options):
        """One more address. Without a certificate it offers no STARTTLS."""
        if certificate is None:
            options.setdefault("smtpd_tls_security_level", "none")
        else:
            options["smtpd_tls_chain_files"] = certificate.both
        if hostname:
            options["myhostname"] = hostname
        service = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        self.services.append(
            f"{service} inet n - n - - smtpd\n"
            + "".join(f"    -o {{{k}={v}}}\n" for k, v in options.items())
        )
        self.addresses.append((address, port))
        return self

    def start(self):
        self._write("config/master.cf", SERVICES + "".join(self.services))
        self.program = Program(
            "postfix",
            [os.path.join(DAEMONS, "master"), "-d", "-c", os.path.join(self.folder, "config")],
            os.path.join(self.folder, "master.log"),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        for address, port in self.addresses:
            self.program.wait_port(address, port)
        return self

    def stop(self):
        if self.program:
            self.program.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # -- what arrived ------------------------------------------------------------

    def log(self):
        try:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def settled_log(self):
        """Until every connection in it has ended. All lines go through one queue, so what was
        logged before a mark of ours is there when the mark is."""
        return wait_until(self._settled, "the connections in Postfix's log end")

    def _settled(self):
        self.marks += 1
        mark = f"mark {self.marks} of the test"
        run([sbin("postlog"), "-c", os.path.join(self.folder, "config"), mark])
        wait_until(lambda: mark in self.log(), "the mark is in Postfix's log")
        log = self.log()
        return log if log.count(": connect from") == log.count(": disconnect from") else None
