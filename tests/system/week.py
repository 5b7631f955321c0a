# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The office week: the letters of a doctor's office, from one network after the other. Nobody is
annoyed: few are held, none is refused without cause, none goes to an unencrypted or broken way in
the open, and nothing is said that is not so. With Regulated nothing goes where nobody is bound.

500 letters where port 25 is open; in the other networks and with Regulated fewer of the same mix,
so that all of it takes minutes.
"""

import collections
import concurrent.futures
import contextlib
import os
import smtplib
from dataclasses import dataclass

import practice
import tap
from maildir import recipient
from namespace import Dropped
from office import Office
from process import NotReady, wait_until
from surroundings import Cable, Diverted, Inspected, Portal, SplitDns
from world import DNS_SERVER, POLICY_ADDRESS
from zones import Lab

LETTERS = 500
FEWER = 500
REGULATED = 100
CLIENTS = 4
MOVING = ("checking", "queued", "sending", "waiting")


@dataclass
class Network:
    name: str
    sees: bool = True  # port 25 can be looked at
    intercepts: bool = False  # HTTPS cannot be believed
    inside: bool = False  # a VPN
    surroundings: object = contextlib.nullcontext()
    letters: int = FEWER


class Week(Office):
    def __init__(self, folder):
        super().__init__(folder)
        practice.add_zones(self.world)
        self.outside = (DNS_SERVER, 53)
        self.inside = Lab(os.path.join(folder, "inside"))
        self.inside.zone(practice.INSIDE, "@ MX 10 mx\nmx A 127.0.1.201\n", signed=False)
        self.cable = Cable()

    def __enter__(self):
        self.inside.start("127.0.0.56", 53)
        return super().__enter__()

    def __exit__(self, *arguments):
        self.inside.stop()
        self.cable.remove()
        super().__exit__(*arguments)

    def new(self, network):
        """A Letterlock that knows nothing yet, started in this network."""
        self.daemon.stop()
        self.provider.empty()
        self.daemon = self.world.daemon(name=f"anna-{network.name}").start()
        self.login = self.world.account(
            self.daemon, "--address", "praxis@provider.lab", "--address", "*@praxis.lab"
        )
        self.daemon.letterlock("account", "edit", "anna", "--internal", f"@{practice.OWN}")

    # -- a week of letters -------------------------------------------------------------

    def hand_over(self, name, letters):
        """Over a few connections; {address: what the mail program was told}."""
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            parts = [letters[n::CLIENTS] for n in range(CLIENTS)]
            told = list(pool.map(self.one_client, [name] * CLIENTS, parts))
        return {address: code for part in told for address, code in part.items()}

    def one_client(self, name, letters):
        told = {}
        with smtplib.SMTP("127.0.0.1", self.login.smtp, timeout=120) as server:
            server.login(self.login.username, self.login.password)
            for one in letters:
                addresses = [address for _, address in one.recipients]
                content = practice.content(one, f"{name}-{one.number}")
                answer = dict.fromkeys(addresses, 250)
                try:
                    refused = server.sendmail(one.sender, addresses, content)
                except smtplib.SMTPRecipientsRefused as error:
                    refused = error.recipients
                except smtplib.SMTPResponseException as error:
                    refused = {a: (error.smtp_code, error.smtp_error) for a in addresses}
                answer.update({a: code for a, (code, _) in refused.items()})
                told.update(answer)
        return told

    def fates(self, letters):
        """{address: the record of it}, when nothing moves any more, or nothing will."""

        def now():
            return {r["address"]: r for letter in self.daemon.letters() for r in letter["recipients"]}

        def settled():
            return not any(r["state"] in MOVING for r in now().values())

        with contextlib.suppress(NotReady):
            wait_until(settled, "letters move")
        return now()

    def arrived(self, count):
        return [recipient(x) for x in self.provider.wait_letters(count=count)] if count else []


# -- what may be said ---------------------------------------------------------------------

OVERDUE = "was still being looked at"
GREAT = ("secure", "guarantee", "will be encrypted", "padlock", "assured")


def may_say(network, kind):
    """What the lab knows to be so: (words, whether they are true)."""
    true = kind.true
    seen = network.sees and kind.name != "inside"
    return [
        ("mail server encrypts", seen and "tls" in true),
        ("valid certificate", seen and "valid" in true),
        ("showed", seen and not kind.is_bad and bool(true & {"keys", "policy"})),
        ("shows the key", seen and not kind.is_bad and bool(true & {"key", "keys"})),
        ("asks for verified TLS", "policy" in true and not network.intercepts),
        ("publishes signed keys", "keys" in true),
        ("key is published", bool(true & {"key", "keys"})),
        ("offers no TLS", seen and "plain" in true),
        ("is listed as", "listed" in true),
        ("; seen ", seen),
        ("one of your own domains", "own" in true),
        ("promises", seen and kind.seen == "broken"),
        ("is not the one it publishes", seen and kind.name == "broken-dane"),
        ("private network", kind.name == "inside"),
    ]


def untrue(network, kind, fate):
    """What is said of it and is not so."""
    reason = fate["reason"]
    wrong = [w for w, true in may_say(network, kind) if w in reason and not true]
    wrong += [w for w in GREAT if w in reason.lower()]
    if fate["confidence"] == "assured" and "own" not in kind.true:
        wrong.append("confidence assured")
    if fate["state"] in ("sent", "held") and not reason.startswith(fate["domain"] + ": "):
        wrong.append("not about this domain")
    if fate["source"] == "seen" and not network.sees:
        wrong.append("source seen")
    if fate["evidence"] != kind.expected(network) and OVERDUE not in reason:
        wrong.append(f"evidence {fate['evidence']}, not {kind.expected(network)}")
    if fate["state"] == "sent" and fate["evidence"] == "unknown" and "own" not in kind.true:
        wrong += [] if "is not known" in reason else ["does not say what is not known"]
        wrong += [] if fate["method"] == "open" else [f"method {fate['method']}"]
    return wrong


def table(title, letters, fates):
    """What was sent, held and refused, and why."""
    counts = collections.Counter()
    for letter in letters:
        for kind, address in letter.recipients:
            fate = fates.get(address)
            words = (fate and fate["reason"] or ": ").split(": ", 1)[1].split("; seen")[0].split("; tried")[0]
            counts[kind.name, fate["state"] if fate else "refused", words[:110]] += 1
    print(f"# {title}: {len(letters)} letters")
    for (kind, state, words), count in sorted(counts.items()):
        print(f"#   {count:4} {kind:16} {state:8} {words}", flush=True)


# -- the assertions, the same for every network ------------------------------------------------


def in_transit(network, fates):
    """Who was written to in the moment in which the network changed: the provider answers again and
    DNS not yet, or not any more. That nothing is known is what is said, and true; these are few."""
    if network.name != "portal":
        return set()
    return {
        a for a, f in fates.items()
        if f["evidence"] == "unknown" and f["why"] in ("offline", "dns") and "is not known" in f["reason"]
    }  # fmt: skip


def careful(office, network, letters, told, fates):
    copies = [(k, a) for letter in letters for k, a in letter.recipients]
    typos = {a for k, a in copies if k.seen == "nomail"}
    refused = {a: c for a, c in told.items() if c != 250}
    tap.true(set(refused) <= typos, f"refused: {refused}")
    between = in_transit(network, fates)
    tap.true(len(between) <= len(letters) // 50, f"known nothing of: {sorted(between)}")
    wrong = {
        a: (w, fates[a])
        for k, a in copies
        if a in fates and a not in between and (w := untrue(network, k, fates[a]))
    }
    tap.equal(wrong, {}, "said and not so")
    lost = [a for _, a in copies if a not in fates and a not in refused]
    tap.equal(lost, [], "without a record")
    kept = [x for x in letters if any(fates[a]["state"] != "sent" for _, a in x.recipients if a in fates and a not in typos)]
    tap.true(len(kept) <= len(letters) * 3 // 100, f"{len(kept)} of {len(letters)} held or waiting")
    sent = sorted(a for a, fate in fates.items() if fate["state"] == "sent")
    arrived = sorted(office.arrived(len(sent)))
    tap.equal(arrived, sent, "at the provider")
    # on a machine that is too slow to look in time that is what is said
    late = {a for a, fate in fates.items() if OVERDUE in fate["reason"]} | between
    bad = [a for k, a in copies if k.expected(network) in ("plain", "broken", "nomail")]
    tap.equal(sorted(set(bad) & set(arrived) - late), [], "in the open to a plain or broken way")


def regulated(office, network, letters, told, fates):
    copies = [(k, a) for letter in letters for k, a in letter.recipients]
    typos = {a for k, a in copies if k.seen == "nomail"}
    refused = {a: c for a, c in told.items() if c != 250}
    tap.true(set(refused) <= typos, f"refused: {refused}")
    wrong = {a: (w, fates[a]) for k, a in copies if a in fates and (w := untrue(network, k, fates[a]))}
    tap.equal(wrong, {}, "said and not so")
    # the colleagues' letters prove that the others would have come this way
    bound = sorted(a for k, a in copies if "own" in k.true)
    tap.true(bound, "letters to colleagues")
    tap.equal(sorted(office.arrived(len(bound))), bound, "at the provider")
    held = {a for a, fate in fates.items() if fate["state"] == "held"}
    tap.equal(sorted(held | set(bound) | typos), sorted(a for _, a in copies), "held")


def run_week(office, network):
    with network.surroundings:
        office.new(network)
        letters = practice.week(network.letters, network.inside)
        told = office.hand_over("careful", letters)
        fates = office.fates(letters)
        table(f"{network.name}, Careful", letters, fates)
        careful(office, network, letters, told, fates)

        office.provider.empty()
        office.daemon.letterlock("config", "set", "policy.preset", "regulated")
        letters = practice.week(REGULATED, network.inside)
        for letter in letters:
            letter.recipients = [(k, f"r.{a}") for k, a in letter.recipients]
        told = office.hand_over("regulated", letters)
        fates = {a: f for a, f in office.fates(letters).items() if a.startswith("r.")}
        table(f"{network.name}, Regulated", letters, fates)
        regulated(office, network, letters, told, fates)


def test_open(office):
    """Port 25 open"""
    run_week(office, Network("open", letters=LETTERS))


def test_blocked(office):
    """Port 25 blocked from the start"""
    run_week(office, Network("blocked", sees=False, surroundings=Dropped(port=25)))


def test_redirected(office):
    """Port 25 redirected to somebody else"""
    box = Diverted("foreign", office.world.ca.issue("middle.box.lab"))
    run_week(office, Network("redirected", sees=False, surroundings=box))


def test_stripped(office):
    """STARTTLS stripped from all mail servers"""
    box = Diverted("stripped", office.world.ca.issue("middle.box.lab"))
    run_week(office, Network("stripped", sees=False, surroundings=box))


def test_vpn(office):
    """Behind a VPN with split DNS"""
    dns = SplitDns(office.inside.nsd, office.outside, practice.INSIDE)
    run_week(office, Network("vpn", inside=True, surroundings=dns))


def test_inspected(office):
    """Behind a box that opens HTTPS"""
    box = Inspected(office.folder, office.world.ca.file, POLICY_ADDRESS)
    run_week(office, Network("inspected", intercepts=True, surroundings=box))
    tap.true("mta-sts.sts.lab" in box.opened, f"the box opened only {box.opened}")


def test_portal(office):
    """With a sign-in page in between, which comes and goes"""
    network = Network("portal")
    page = office.world.ca.issue("sign.in")
    letters = practice.week(FEWER, False)
    before, free, again, after = letters[:30], letters[30:100], letters[100:108], letters[108:]
    with Portal(office.outside, page):
        office.new(network)
        told = office.hand_over("portal", before)
        tap.equal(office.provider.letters(), [], "sent through a sign-in page")
    # nobody tells the daemon that the page is gone: it is seen when the next letter goes through
    told |= office.hand_over("portal", free)
    office.fates(letters)
    # the page comes without a word, and even those who were connected are cut off
    with Portal(office.outside, page):
        told |= office.hand_over("portal", again)
    # the system says that the network changed
    office.cable.change()
    told |= office.hand_over("portal", after)
    fates = office.fates(letters)
    table("portal, Careful", letters, fates)
    careful(office, network, letters, told, fates)


if __name__ == "__main__":
    tap.main(Week)
