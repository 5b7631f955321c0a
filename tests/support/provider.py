# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's mail provider, played by a real Postfix with Dovecot's AUTH.

Submission on 587 (STARTTLS) and 465 (implicit TLS), for signed-in users only; what it takes lies
in its Maildir afterwards, one copy for each recipient, whatever the domain.
"""

import contextlib
import os

from dovecot import Dovecot
from postfix import Postfix

NAME = "mail.provider.lab"
ADDRESS = "127.0.0.25"
USER = "anna@provider.lab"
PASSWORD = "correct horse battery"


class Provider(Postfix):
    """@imap: its letters can be read with IMAP, on port 993. @introspection: signs in by token."""

    def __init__(
        self, folder, certificate, *, address=ADDRESS, name=NAME, users=None, imap=False,
        introspection=None, tokens="oauthbearer xoauth2", **main,
    ):  # fmt: skip
        super().__init__(
            folder, name, relay="permit_sasl_authenticated,reject",
            smtpd_sasl_type="dovecot", smtpd_sasl_path="private/auth",
            smtpd_sasl_security_options="noanonymous", smtpd_tls_auth_only="yes", **main,
        )  # fmt: skip
        self.users = users or {USER: PASSWORD}
        self.name = name
        self.address = address
        sasl = {"smtpd_sasl_auth_enable": "yes"}
        self.listen(address, 587, certificate, smtpd_tls_security_level="encrypt", **sasl)
        self.listen(address, 465, certificate, smtpd_tls_wrappermode="yes", **sasl)
        self.imap = None
        self.introspection = {"introspection": introspection, "tokens": tokens}
        if imap:
            self.imap = {"address": address, "certificate": certificate, "maildir": self.path}
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        socket = os.path.join(self.folder, "queue", "private", "auth")
        folder = os.path.join(self.folder, "dovecot")
        self.stack.enter_context(Dovecot(folder, socket, self.users, imap=self.imap, **self.introspection))
        return super().__enter__()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.stack.close()
