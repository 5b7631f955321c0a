# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The office week: 500 letters of a doctor's office with the defaults. Nobody is annoyed: few are
held, none is refused without cause, and none goes to an unencrypted or broken way in the open."""

import concurrent.futures
import smtplib

import tap
from namespace import Dropped
from office import Office, letter

LETTERS = 500
# of a hundred domains: who answers there
MIX = (
    [("hoster", "@ MX 10 mx.valid.lab.\n", False)] * 67
    + [("mismatch", "@ MX 10 mx.mismatch.lab.\n", False)] * 20
    + [("dane", "@ MX 10 mx.dane.lab.\n", True)] * 10
    + [("plain", "@ MX 10 mx.plain.lab.\n", False)] * 2
    + [("broken", "@ MX 10 mx.badane.lab.\n", True)] * 1
)
HELD_MAX = LETTERS * 3 // 100


class Week(Office):
    def __init__(self, folder):
        super().__init__(folder)
        self.domains = []
        for number, (kind, records, signed) in enumerate(MIX):
            domain = f"{kind}{number}.lab"
            self.domains.append((kind, domain))
            self.world.zones.zone(domain, records, signed=signed)

    def week(self, name):
        """Sends them over a few connections; [(kind, address, code)]."""
        jobs = []
        for number in range(LETTERS):
            kind, domain = self.domains[number % len(self.domains)]
            address = f"patient{number}@{domain}"
            content = letter(address, name=f"{name}-{number}")
            jobs.append((kind, address, content))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            parts = pool.map(self.hand_over, [jobs[n::4] for n in range(4)])
            return [x for part in parts for x in part]

    def hand_over(self, jobs):
        told = []
        with smtplib.SMTP("127.0.0.1", self.login.smtp, timeout=120) as server:
            server.login(self.login.username, self.login.password)
            for kind, address, content in jobs:
                try:
                    server.sendmail(self.world.sender, [address], content)
                    told.append((kind, address, 250))
                except smtplib.SMTPResponseException as error:
                    told.append((kind, address, error.smtp_code))
                except smtplib.SMTPRecipientsRefused as error:
                    told.append((kind, address, error.recipients[address][0]))
        return told


def waiting(office, told):
    """Those that are not at the provider."""
    arrived = {x.split(b"Delivered-To: ")[1].split(b"\n")[0].decode() for x in office.provider.letters()}
    return [(kind, address) for kind, address, _ in told if address not in arrived]


def check(office, told):
    refused = [(k, a, c) for k, a, c in told if c != 250]
    tap.equal(refused, [], "letters refused")
    # what was answered with 250 may still be on its way through the provider's own queue
    office.provider.wait_letters(count=LETTERS - HELD_MAX)
    held = waiting(office, told)
    print(f"# held or waiting: {len(held)} of {LETTERS}")
    tap.true(len(held) <= HELD_MAX, f"{len(held)} held, at most {HELD_MAX}")
    return held


def test_open(office):
    """With port 25 open: at most 3 % held, none in the open to plain or broken"""
    held = check(office, office.week("open"))
    kinds = {kind for kind, _ in held}
    tap.true(kinds <= {"plain", "broken"}, f"held for no reason: {held}")
    in_the_open = [x for x in office.provider.letters() if b"@plain" in x or b"@broken" in x]
    tap.equal(len(in_the_open), 0, "letters to plain or broken ways")


def test_blocked(office):
    """With port 25 blocked from the start of the day: at most 3 % held, nobody waits for it"""
    office.provider.empty()
    office.daemon.stop()
    with Dropped(port=25):
        office.daemon.start()
        told = office.week("blocked")
        check(office, told)


if __name__ == "__main__":
    tap.main(Week)
