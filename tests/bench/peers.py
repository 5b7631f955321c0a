# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is put beside Letterlock: each relays to the same provider, verified, from the same machine.

A peer is entered and left; then it has .target for load.c (or a .load of its own) and .program, a
tree. missing() says which package one needs that is not there. email-oauth2-proxy is left out:
Debian has no package of it.
"""

import os
import pwd
import shutil

from measure import Tree
from postfix import SERVICES, make_folders
from process import run, sbin
from place import IMPLICIT, NAME, PROVIDER, STARTTLS, target

STUNNEL_PORT, POSTFIX_PORT, TUNED_PORT, EXIM_PORT, SMTPD_PORT, OPENSMTPD_PORT = range(2600, 2606)
PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def settle(path):
    """Postfix waits for two seconds where a file was just written."""
    os.utime(path, (os.stat(path).st_mtime - 60,) * 2)


class Peer:
    name = "?"
    port = 0
    program = None

    def __init__(self, site):
        self.site = site
        self.folder = os.path.join(site.folder, self.name.replace(" ", "-"))
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)
        self.target = target("127.0.0.1", self.port, "none")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        settle(self.path(name))
        return self.path(name)

    def spawn(self):
        raise NotImplementedError

    def __enter__(self):
        self.spawn()
        self.program.wait_port("127.0.0.1", self.port)
        return self

    def __exit__(self, *_):
        self.program.stop()


class Stunnel(Peer):
    """No SMTP and no policy: a tunnel. It resumes TLS sessions."""

    name = "stunnel"
    port = STUNNEL_PORT
    connect = f"{PROVIDER}:{IMPLICIT}"
    address = PROVIDER

    def __init__(self, site):
        super().__init__(site)
        # the client signs in through it
        self.target = target("127.0.0.1", self.port, "none", user="u", password="p")

    def spawn(self):
        config = self.write(
            "conf",
            # its log would be most of its work
            f"foreground=yes\npid=\ndebug=err\n[smtp]\nclient=yes\naccept=127.0.0.1:{self.port}\n"
            f"connect={self.connect}\nverifyChain=yes\nCAfile={self.site.ca.file}\n"
            f"checkIP={self.address}\n",
        )
        program = shutil.which("stunnel4") or shutil.which("stunnel")
        self.program = Tree("stunnel", [program, config], self.path("log"), env=PATH)


POSTFIX = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relay.lab
mydestination =
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
local_recipient_maps =
alias_maps =
alias_database =
relayhost = [{upstream}]:{port}
smtp_host_lookup = native
smtp_tls_security_level = secure
smtp_tls_CAfile = {ca}
smtp_tls_session_cache_database = btree:{folder}/data/smtp_scache
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{{ [{upstream}]:{port}=u:p }}
smtp_sasl_security_options = noanonymous
message_size_limit = 0
mailbox_size_limit = 0
{more}
"""


class PostfixRelay(Peer):
    """As Debian configures it, with a smarthost, TLS "secure" and a sign-in there."""

    name = "Postfix"
    port = POSTFIX_PORT
    more = {}
    services = ""
    upstream = NAME

    def spawn(self):
        make_folders(self.folder)
        more = "\n".join(f"{key} = {value}" for key, value in self.more.items())
        self.write(
            "config/main.cf",
            POSTFIX.format(
                folder=self.folder, upstream=self.upstream, port=STARTTLS,
                ca=self.site.ca.file, more=more,
            ),
        )  # fmt: skip
        listener = f"127.0.0.1:{self.port} inet n - n - - smtpd\n"
        self.write("config/master.cf", SERVICES + self.services + listener)
        self.program = Tree(
            "postfix", ["/usr/lib/postfix/sbin/master", "-d", "-c", self.path("config")],
            self.path("master.log"), env=PATH,
        )  # fmt: skip


class PostfixTuned(PostfixRelay):
    """TLS connections are used again (tlsproxy), nothing is slowed down, wide concurrency."""

    name = "Postfix tuned"
    port = TUNED_PORT
    services = "tlsproxy  unix  -       -       n       -       0       tlsproxy\n"
    more = {
        "in_flow_delay": "0",
        "smtp_tls_connection_reuse": "yes",
        "smtp_connection_cache_on_demand": "yes",
        "smtp_connection_cache_destinations": f"[{NAME}]:{STARTTLS}",
        "default_destination_concurrency_limit": "64",
        "initial_destination_concurrency": "64",
        "default_process_limit": "200",
    }


EXIM = """\
exim_path = {program}
primary_hostname = relay.lab
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
acl_smtp_rcpt = check
acl_smtp_data = check
keep_environment =
message_size_limit = 0
host_lookup =
rfc1413_hosts =
smtp_accept_max = 0
smtp_connect_backlog = 1024
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 0
disable_ipv6 = true
begin acl
check:
  accept
begin routers
smarthost:
  driver = manualroute
  transport = smarthost
  route_list = * {name} byname
  self = send
begin transports
smarthost:
  driver = smtp
  port = {starttls}
  hosts_require_tls = *
  hosts_require_auth = *
  tls_verify_certificates = {ca}
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^u^p
"""


class Exim(Peer):
    """Debian's mail servers exclude each other: its package is only unpacked."""

    name = "Exim"
    port = EXIM_PORT

    def spawn(self):
        owner = pwd.getpwnam("Debian-exim")
        program = os.environ["LETTERLOCK_EXIM"]
        for name in ("", "spool"):
            os.makedirs(self.path(name), exist_ok=True)
            os.chown(self.path(name), owner.pw_uid, owner.pw_gid)
        shutil.copy(self.site.ca.file, self.path("ca.pem"))
        os.chmod(self.path("ca.pem"), 0o644)
        os.makedirs("/etc/exim4", exist_ok=True)
        with open("/etc/exim4/exim4.conf", "w", encoding="utf-8") as file:
            file.write(
                EXIM.format(
                    program=os.path.abspath(program), folder=self.folder, port=self.port,
                    name=NAME, starttls=STARTTLS, ca=self.path("ca.pem"),
                )  # fmt: skip
            )
        self.program = Tree(
            "exim", [os.path.abspath(program), "-bdf", "-q30m"], self.path("output"), env=PATH
        )


OPENSMTPD = """\
table secrets {{ sink = "u:p" }}
smtp max-message-size 1G
smtp limit max-mails 1000
listen on 127.0.0.1 port {port}
action "onward" relay host "smtp+tls://sink@{name}:{starttls}" auth <secrets> tls
match from any for any action "onward"
"""
# what it was compiled with
OPENSMTPD_FOLDERS = ("/var/spool/smtpd", "/var/lib/opensmtpd/empty")
OPENSMTPD_ROOTS = "/etc/ssl/certs/ca-certificates.crt"


class OpenSmtpd(Peer):
    """Its package is only unpacked, too. The authorities that it trusts are the system's."""

    name = "OpenSMTPD"
    port = OPENSMTPD_PORT

    def spawn(self):
        program = os.environ["LETTERLOCK_SMTPD"]
        users = ((990, "opensmtpd"), (991, "opensmtpq"))
        with open("/etc/passwd", "a", encoding="ascii") as file:
            file.writelines(f"{x}:x:{n}:{n}::/nonexistent:/usr/sbin/nologin\n" for n, x in users)
        with open("/etc/group", "a", encoding="ascii") as file:
            file.writelines(f"{x}:x:{n}:\n" for n, x in users)
        for over in ("/var/spool", "/var/lib", "/run"):
            run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", over])
            self.site.callback(run, ["umount", "--lazy", over])
        for folder in OPENSMTPD_FOLDERS:
            os.makedirs(folder, 0o711)
        with open(self.site.ca.file, encoding="ascii") as own, open(OPENSMTPD_ROOTS, "a", encoding="ascii") as roots:
            roots.write(own.read())
        config = self.write("conf", OPENSMTPD.format(port=self.port, name=NAME, starttls=STARTTLS))
        self.program = Tree(
            "opensmtpd", [os.path.abspath(program), "-F", "-f", config], self.path("log"), env=PATH
        )


class Msmtp(Peer):
    """One process for each letter; nothing runs in between."""

    name = "msmtp"

    def __enter__(self):
        self.config = self.write(
            "msmtprc",
            f"account default\nhost {NAME}\nport {STARTTLS}\nauth plain\nuser u\npassword p\n"
            f"from doctor@practice.lab\ntls on\ntls_starttls on\ntls_trust_file {self.site.ca.file}\n",
            0o600,
        )
        return self

    def __exit__(self, *_):
        pass

    def command(self):
        return ["msmtp", "-C", self.config, "-f", "doctor@practice.lab", "--", "someone@practice.lab"]


def missing():
    """Names of the peers that cannot be measured here, with the reason."""
    reasons = {}
    if not (shutil.which("stunnel4") or shutil.which("stunnel")):
        reasons["stunnel"] = "package stunnel4 is not installed"
    if not shutil.which("msmtp"):
        reasons["msmtp"] = "package msmtp is not installed"
    try:
        sbin("posttls-finger")
    except FileNotFoundError:
        reasons["Postfix"] = reasons["Postfix tuned"] = "package postfix is not installed"
    if not os.environ.get("LETTERLOCK_EXIM"):
        reasons["Exim"] = "its package cannot be downloaded"
    if not os.environ.get("LETTERLOCK_SMTPD"):
        reasons["OpenSMTPD"] = "its package cannot be downloaded"
    return reasons
