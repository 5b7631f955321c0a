# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A practice world with Anna's Letterlock in it, for tests that need nothing special."""

import functools
import os

import clients
from process import wait_until
from world import World


def letter(recipient, subject="a letter", *, name="letter", body="Dear Bob,\r\n", sender=None, more=""):
    """A simple one; @name makes its Message-ID."""
    return (
        f"From: Anna <{sender or 'anna@provider.lab'}>\r\nTo: <{recipient}>\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{name}@provider.lab>\r\n"
        f"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n{more}\r\n{body}"
    ).encode()


class Office:
    """@groups are groups of the configuration; account: more words for `account add`."""

    def __init__(self, folder, *, account=(), wrapper=(), environment=None, provider=None, **groups):
        self.folder = folder
        self.world = World(folder, **(provider or {}))
        self.account = account
        self.groups = groups
        self.wrapper = wrapper
        self.environment = environment

    @classmethod
    def with_(cls, **options):
        return functools.partial(cls, **options)

    def __enter__(self):
        self.world.__enter__()
        try:
            self.daemon = self.world.daemon(
                wrapper=self.wrapper, environment=self.environment, **self.groups
            ).start()
            self.login = self.world.account(self.daemon, *self.account)
            self.login.ca = os.path.join(self.daemon.state, "certificates", "ca.pem")
        except BaseException:
            self.world.__exit__()
            raise
        return self

    def __exit__(self, *arguments):
        try:
            self.daemon.__exit__(*arguments)
        finally:
            self.world.__exit__()

    @property
    def provider(self):
        return self.world.provider

    def send(self, recipients, content=None, client=clients.python, sender=None, **options):
        """(accepted, what the mail program was told)"""
        if isinstance(recipients, str):
            recipients = [recipients]
        content = content or letter(recipients[0])
        return client(self.login, sender or self.world.sender, recipients, content, **options)

    def arrived(self, name):
        """The copies of the letter with this Message-ID that came to the provider."""
        return [x for x in self.provider.letters() if f"<{name}@provider.lab>".encode() in x]

    def letter_named(self, name):
        """The record of the letter with this Message-ID, or None."""
        wanted = f"<{name}@provider.lab>"
        return next((x for x in self.daemon.letters() if x["message_id"] == wanted), None)

    def wake(self):
        """What waits is tried by itself, as after a change of the network."""
        self.daemon.letterlock("config", "set", "queue.lifetime", "4d")

    def try_again(self, name):
        """... until this one was, and waits again."""
        due = lambda: self.letter_named(name)["recipients"][0]["next_try"]
        before = due()

        def is_later():
            self.wake()
            return due() != before

        wait_until(is_later, f"{name} is tried again")

    def fate(self, name, address=None):
        """The record of one recipient of the letter with this Message-ID."""
        found = self.letter_named(name)
        if found is None:
            raise AssertionError(f"no letter {name} in {self.daemon.letters()}")
        for recipient in found["recipients"]:
            if address is None or recipient["address"] == address:
                return recipient
        raise AssertionError(f"no {address} in {found}")
