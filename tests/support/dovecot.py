# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dovecot as the place where a Postfix asks whether a password is right (AUTH over SASL), and, with
@imap, as the mailbox of its letters: IMAP with TLS from the first byte."""

import os
import pwd

from process import Program, sbin

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = {protocols}
ssl = {ssl}
disable_plaintext_auth = no
default_internal_user = dovecot
default_login_user = dovenull
auth_mechanisms = {mechanisms}
auth_verbose = yes
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  unix_listener {socket} {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
service stats {{
  process_limit = 1
}}
"""


OAUTH2 = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
"""

# What Dovecot asks about a token (RFC 7662), and what has to be in the answer.
INTROSPECTION = """\
introspection_mode = post
introspection_url = {url}
active_attribute = active
active_value = true
username_attribute = username
scope = smtp
timeout_msecs = 5000
"""

IMAP = """\
listen = {address}
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.key}
mail_location = maildir:{maildir}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = 993
  }}
}}
"""


class Dovecot:
    """@imap: {"address", "certificate", "maildir"}; @introspection: whom it asks about tokens, and
    then @tokens are all that it takes."""

    def __init__(
        self, folder, socket, users, mechanisms="plain login scram-sha-256", imap=None, introspection=None,
        tokens="oauthbearer xoauth2",
    ):  # fmt: skip
        self.folder = folder
        self.socket = socket
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        if introspection:
            mechanisms = tokens
            with open(os.path.join(folder, "oauth2"), "w", encoding="utf-8") as file:
                file.write(INTROSPECTION.format(url=introspection))
        config = CONFIG.format(
            folder=folder, socket=socket, mechanisms=mechanisms,
            protocols="imap" if imap else "", ssl="required" if imap else "no",
        )  # fmt: skip
        if introspection:
            config += OAUTH2.format(folder=folder)
        if imap:
            config += IMAP.format(**imap)
        with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as file:
            file.write(config)
        path = os.path.join(folder, "users")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{user}:{{PLAIN}}{password}\n" for user, password in users.items())
        os.chown(path, pwd.getpwnam("dovecot").pw_uid, 0)
        os.chmod(path, 0o600)
        self.program = None

    def __enter__(self):
        self.program = Program(
            "dovecot",
            [sbin("dovecot"), "-F", "-c", os.path.join(self.folder, "conf")],
            os.path.join(self.folder, "output"),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        self.program.wait_until(lambda: os.path.exists(self.socket), "its auth socket is there")
        return self

    def __exit__(self, *_):
        self.program.stop()
