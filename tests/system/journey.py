# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One real letter through the whole house: swaks, letterlockd, a real Postfix, its Maildir."""

import resource

import clients
import tap
from maildir import as_sent
from office import Office

LETTER = (
    b"From: Anna <anna@provider.lab>\r\n"
    b"To: Bob <bob@dane.lab>\r\n"
    b"Subject: the first letter\r\n"
    b"Message-ID: <first@provider.lab>\r\n"
    b"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"\r\n"
    b"Gr\xc3\xbc\xc3\x9fe,\r\n.\r\n..dots\r\n\r\n-- \r\nAnna\r\n"
)


def test_letter(office):
    """A letter reaches the provider byte for byte, over TLS, and log shows it"""
    accepted, said = clients.swaks(office.login, office.world.sender, ["bob@dane.lab"], LETTER)
    tap.true(accepted, said)
    letter = office.world.provider.wait_letters("bob@dane.lab")[0]
    tap.equal(as_sent(letter), LETTER, "letter and original")
    tap.true("TLS connection established" in office.world.provider.log(), "no TLS at the provider")
    shown = office.daemon.wait_state("sent")[0]
    tap.equal(shown["message_id"], "<first@provider.lab>", "Message-ID")
    recipient = shown["recipients"][0]
    tap.equal(recipient["address"], "bob@dane.lab", "recipient")
    tap.equal(recipient["method"], "tls", "method")
    tap.equal(recipient["evidence"], "dane", "evidence")


def test_show(office):
    """show tells the same by a prefix of the id"""
    shown = office.daemon.letters()[0]
    again = office.daemon.letterlock("show", shown["id"][:4], "--json")[0]
    tap.equal(again["id"], shown["id"], "id")
    text = office.daemon.letterlock("show", shown["id"])
    tap.true("bob@dane.lab" in text, f"no recipient in: {text}")


def test_answer(office):
    """The provider's own answer is what the mail program is told"""
    letter = LETTER.replace(b"first@", b"second@")
    accepted, said = clients.swaks(office.login, office.world.sender, ["eve@dane.lab"], letter)
    tap.true(accepted, said)
    tap.true("queued as" in said, said)


def test_descriptors(office):
    """Many at once need not wait until the kernel has room for their descriptors"""
    with open(f"/proc/{office.daemon.program.child.pid}/status", encoding="ascii") as file:
        size = next(int(line.split()[1]) for line in file if line.startswith("FDSize:"))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    tap.true(size >= min(1024, limit), f"room for {size}, and {limit} are allowed")


if __name__ == "__main__":
    tap.main(Office)
