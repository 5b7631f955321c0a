# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a doctor's office writes to in a week, what the ways there are really worth, and what may be
said of them from which network.

A hundred recipients' places, of which two thirds are large hosters' with their own or customers'
domains, a fifth shows a certificate for another name, 2 are plain and 1 is broken.
"""

import random
from dataclasses import dataclass, field

OWN = "provider.lab"
INSIDE = "klinik.lab"  # exists behind the VPN only


@dataclass
class Kind:
    """@seen: what is found where servers can be looked at; @unseen: where only DNS and HTTPS can;
    @intercepted: where HTTPS cannot be believed. @true: what may be said of it."""

    name: str
    count: int
    domains: list
    seen: str
    unseen: str
    true: set
    intercepted: str = None
    zones: dict = field(default_factory=dict)  # beside those of the practice world

    def expected(self, network):
        if self.name == "inside":
            return "unknown" if network.inside else "nomail"
        if not network.sees:
            return self.unseen
        return self.intercepted if self.intercepted and network.intercepts else self.seen

    @property
    def is_bad(self):
        return self.seen in ("plain", "broken")


def customers(name, count, records, signed=False):
    return {f"{name}{n}.lab": (records, signed) for n in range(1, count + 1)}


def kind(name, count, seen, unseen, true, domains=(), zones=None, intercepted=None):
    zones = zones or {}
    return Kind(name, count, list(domains) or list(zones), seen, unseen, set(true), intercepted, zones)


GOOGLE = customers("workspace", 12, "@ MX 10 aspmx.l.google.com.\n")
ALIASES = {f"shop{n}.lab": (f"post CNAME real{n}.lab.\n", False) for n in (1, 2)}
ALIASES |= customers("real", 2, "@ MX 10 mx.valid.lab.\n")

KINDS = [
    # large hosters: their own domains, then their customers'
    kind("hoster-sts", 18, "sts", "sts", ["tls", "valid", "policy"], ["sts.lab"], intercepted="pkix"),
    kind("hoster-dane", 12, "dane", "dane", ["tls", "keys"], ["dane.lab"]),
    kind("customer", 12, "pkix", "unknown", ["tls", "valid"],
         zones=customers("garden", 12, "@ MX 10 mx.sts.lab.\n")),
    kind("customer-signed", 4, "dane", "dane", ["tls", "keys"],
         zones=customers("bakery", 4, "@ MX 10 mx.dane.lab.\n", signed=True)),
    kind("customer-half", 8, "half", "half", ["tls", "key"],
         zones=customers("school", 8, "@ MX 10 mx.dane.lab.\n")),
    kind("customer-listed", 12, "pkix", "opp", ["tls", "valid", "listed"], zones=GOOGLE),
    # certificates that do not fit
    kind("mismatch", 14, "opp", "unknown", ["tls"],
         zones=customers("craft", 14, "@ MX 10 mx.mismatch.lab.\n")),
    kind("self-signed", 3, "opp", "unknown", ["tls"], ["self.lab"]),
    kind("expired", 3, "opp", "unknown", ["tls"], ["expired.lab"]),
    # colleagues, a server of one's own, other names for the same domain, a hospital
    kind("own", 7, "pkix", "unknown", ["tls", "valid", "own"], [OWN]),
    kind("alias", 2, "pkix", "unknown", ["tls", "valid"], ["post.shop1.lab", "post.shop2.lab"],
         zones=ALIASES),
    kind("alone", 2, "pkix", "unknown", ["tls", "valid"], ["valid.lab", "testing.lab"]),
    # no encryption, or published security that fails
    kind("plain", 2, "plain", "unknown", ["plain"],
         zones=customers("stable", 2, "@ MX 10 mx.plain.lab.\n")),
]  # fmt: skip
BROKEN = [
    kind("broken-dane", 1, "broken", "dane", ["keys"], ["badane.lab"]),
    kind("broken-sts", 1, "broken", "sts", ["tls", "policy"], ["badsts.lab"], intercepted="opp"),
    kind("broken-dns", 1, "broken", "broken", [], ["bogus.lab"]),
]
HOSPITAL = kind("inside", 1, "unknown", "unknown", [], [INSIDE])
# what is really not to be had: addresses that somebody mistyped
TYPOS = [
    kind("null", 1, "nomail", "nomail", [], ["null.lab"]),
    kind("absent", 1, "nomail", "nomail", [], ["absent.lab"]),
]


def add_zones(world):
    """The practice world with these people in it."""
    for one in KINDS:
        for domain, (records, signed) in one.zones.items():
            world.zones.zone(domain, records, signed=signed)
    name = "aspmx.l.google.com"
    address = "127.0.1.200"
    world.recipients.listen(address, 25, world.ca.issue(name), name)
    world.zones.zone("google.com", f"aspmx.l A {address}\n", signed=False)


def places():
    """A hundred of (kind, domain), the bad ones last."""
    found = []
    for one in KINDS:
        found += [(one, one.domains[n % len(one.domains)]) for n in range(one.count)]
    assert len(found) == 99, len(found)
    return found


@dataclass
class Letter:
    number: int
    sender: str
    recipients: list  # of (kind, address)
    what: str = "letter"


PER_NEWSLETTER = 166  # letters
SUBSCRIBERS = 25  # from 20 recipients on nobody waits for a look (design 4.4)
INVITATIONS = 10
SENDERS = ["anna@provider.lab", "praxis@provider.lab", "rezept@praxis.lab"]


def week(letters, hospital):
    """@letters of them. At most 3 % have a recipient whose way is plain or broken."""
    all_places = places()
    good = [p for p in all_places if not p[0].is_bad]
    bad = [(BROKEN[0], BROKEN[0].domains[0])] + [p for p in all_places if p[0].is_bad]
    made = []
    newsletters = max(1, letters // PER_NEWSLETTER)
    singles = letters - newsletters
    for n in range(singles):
        slot = n % 100
        one, domain = (
            all_places[slot] if slot < 99 else (b := BROKEN[n // 100 % len(BROKEN)], b.domains[0])
        )
        if hospital and slot == 10:
            one, domain = HOSPITAL, INSIDE
        recipients = [(one, f"p{n}@{domain}")]
        if n % 20 == 3:
            recipients.append((KINDS[9], f"colleague{n}@{OWN}"))
        made.append(Letter(n, SENDERS[n % 10 % 3], recipients))
    for letter in made[7 :: max(1, singles // INVITATIONS)][:INVITATIONS]:
        letter.what = "invitation"
    for n in range(newsletters):
        readers = [good[(n * 31 + i * 3) % len(good)] for i in range(SUBSCRIBERS - 1)]
        readers.append(bad[n % len(bad)])
        recipients = [(k, f"reader{n}x{i}@{d}") for i, (k, d) in enumerate(readers)]
        made.append(Letter(singles + n, SENDERS[1], recipients, "newsletter"))
    for n, typo in enumerate(TYPOS):
        made.append(Letter(letters + n, SENDERS[0], [(typo, f"typo{n}@{typo.domains[0]}")]))
    random.Random(1).shuffle(made)
    return made


INVITE = """\
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/plain; charset=utf-8

Come on Monday.
--x
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:{name}@provider.lab
DTSTART:20261130T090000Z
SUMMARY:Check-up
END:VEVENT
END:VCALENDAR
--x--
"""
MAILING = "List-Id: <news.praxis.lab>\nList-Unsubscribe: <mailto:off@praxis.lab>\nPrecedence: bulk\n"


def content(letter, name):
    to = "undisclosed-recipients:;"
    if letter.what != "newsletter":
        to = ", ".join(f"<{address}>" for _, address in letter.recipients)
    head = (
        f"From: Praxis <{letter.sender}>\nTo: {to}\nSubject: Your visit {letter.number}\n"
        f"Message-ID: <{name}@provider.lab>\nDate: Sun, 22 Nov 2026 09:00:00 +0000\n"
    )
    text = {
        "letter": "\nDear patient,\nplease call us.\n",
        "invitation": INVITE.format(name=name),
        "newsletter": MAILING + "\nWe are closed next week.\n",
    }[letter.what]
    return (head + text).replace("\n", "\r\n").encode()
