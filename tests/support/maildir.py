# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrived at a mail server: one Maildir, one copy of a letter for each recipient."""

import os
import shutil

from process import NotReady, wait_until

# what Postfix and Exim put on top at delivery, and on the way
ADDED = {b"return-path", b"delivered-to", b"x-original-to", b"envelope-to", b"delivery-date", b"received"}


def recipient(letter):
    """Whom a copy was delivered to."""
    for line in letter.split(b"\n"):
        name, _, value = line.partition(b": ")
        if name in (b"Delivered-To", b"Envelope-to"):
            return value.decode()
    return ""


def as_sent(letter):
    """Without the lines that mail servers put on top, with CRLF line ends."""
    lines = letter.split(b"\n")
    while lines and lines[0].split(b":")[0].lower() in ADDED:
        lines.pop(0)
        while lines and lines[0][:1] in (b" ", b"\t"):
            lines.pop(0)
    return b"\r\n".join(lines)


class Maildir:
    def __init__(self, path):
        self.path = path

    def log(self):
        """The server's log, for the error of a test that waits in vain."""
        return ""

    def letters(self, address=None):
        """The letters for one address, or for all, as bytes, in the order of arrival."""
        new = os.path.join(self.path, "new")
        found = [os.path.join(new, n) for n in os.listdir(new)] if os.path.isdir(new) else []
        letters = []
        for path in sorted(found, key=lambda p: (os.stat(p).st_mtime_ns, p)):
            with open(path, "rb") as file:
                letter = file.read()
            if address is None or recipient(letter).lower() == address.lower():
                letters.append(letter)
        return letters

    def wait_letters(self, address=None, count=1):
        def enough():
            letters = self.letters(address)
            return letters if len(letters) >= count else None

        try:
            return wait_until(enough, f"{count} letters for {address or 'anybody'}")
        except NotReady as problem:
            tail = "\n".join(self.log().split("\n")[-20:])
            raise AssertionError(f"{problem}\n{tail}") from None

    def empty(self):
        shutil.rmtree(self.path, ignore_errors=True)
