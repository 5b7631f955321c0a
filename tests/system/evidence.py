# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `check` says of real servers, and what a letter to each of them becomes in every mode."""

import time

import tap
import world
from office import Office, letter
from process import wait_until

REFUSED = {"null.lab", "absent.lab"}
BROKEN = {"badane.lab", "badsts.lab", "bogus.lab"}


def ordered(domain):
    order = ["plain", "weak", "opp", "pkix", "half", "sts", "dane"]
    evidence = world.EXPECTED[domain]
    return order.index(evidence) if evidence in order else None


def test_check(office):
    """check names the evidence of every practice domain"""
    wrong = {}
    for domain, evidence in world.EXPECTED.items():
        if domain == "exim.lab" and not office.world.exim:
            continue
        found = office.daemon.try_letterlock("check", domain, "--json")
        said = found.stdout.strip().split("\n")[-1]
        if f'"evidence":"{evidence}"' not in said.replace('": "', '":"'):
            wrong[domain] = said[:600] + found.stderr
    tap.equal(wrong, {}, "evidence")


def test_exit_status(office):
    """check ends with 0 for a protected way and with 1 for one that is not"""
    for domain, status in (("dane.lab", 0), ("sts.lab", 0), ("plain.lab", 1), ("badane.lab", 1)):
        done = office.daemon.try_letterlock("check", domain)
        tap.equal(done.returncode, status, f"status for {domain}")


def send_to(office, domain, name):
    address = f"bob@{domain}"
    return office.send(address, letter(address, name=name))


def fates(office, mode):
    """{domain: (state or "refused", method)} of one letter to each domain."""
    found = {}
    for domain in world.EXPECTED:
        name = f"{mode}.{domain}"
        accepted, said = send_to(office, domain, name)
        if not accepted:
            found[domain] = ("refused", said)
            continue
        fate = office.fate(name)
        found[domain] = (fate["state"], fate.get("method"))
    return found


def check_fates(office, mode, expected):
    found = fates(office, mode)
    wrong = {d: (found[d], expected(d)) for d in found if found[d][0] != expected(d)}
    tap.equal(wrong, {}, f"fates in {mode}: (found, expected)")


def test_careful(office):
    """With the defaults broken and unencrypted ways are held, the rest is sent"""

    def expected(domain):
        if domain in REFUSED:
            return "refused"
        if domain in BROKEN or world.EXPECTED[domain] in ("plain", "weak"):
            return "held"
        return "sent"

    check_fates(office, "careful", expected)


def test_proof(office):
    """show names the server, its TLS, its certificate and the provider's reply as proof"""
    office.fate("careful.dane.lab")
    letter = office.daemon.letterlock("log", "--to", "bob@dane.lab", "--json")[-1]
    proof = letter["recipients"][0]["proof"]
    tap.equal(proof["mx"], "mx.dane.lab", "mx")
    tap.equal(proof["tlsa"], "mx.dane.lab", "tlsa")
    tap.true(proof["protocol"].startswith("TLSv1."), proof["protocol"])
    tap.true(proof["reply"].startswith("250 "), proof["reply"])
    missing = [key for key in ("cipher", "key", "fingerprint", "issuer", "time") if not proof[key]]
    tap.equal(missing, [], "not in the proof")
    shown = office.daemon.letterlock("show", letter["id"])
    for word in (proof["mx"], proof["cipher"], proof["fingerprint"], proof["issuer"]):
        tap.true(word in shown, f"show does not print {word}:\n{shown}")


def test_opportunistic(office):
    """Opportunistic sends, and holds only what is broken"""
    office.daemon.letterlock("config", "set", "policy.mode", "opportunistic")

    def expected(domain):
        if domain in REFUSED:
            return "refused"
        return "held" if domain in BROKEN else "sent"

    check_fates(office, "opportunistic", expected)


def test_open_is_said(office):
    """A letter that went over an unencrypted way says so"""
    fate = office.fate("opportunistic.plain.lab")
    tap.equal(fate["method"], "open", "method")
    tap.true("no TLS" in fate["reason"], fate["reason"])


def test_exclusive(office):
    """Exclusive refuses what does not reach the minimum"""
    office.daemon.letterlock("config", "set", "policy.mode", "exclusive")
    office.daemon.letterlock("config", "set", "policy.minimum", "verified")

    def expected(domain):
        if domain in BROKEN:
            return "held"
        if domain == "dead.lab":  # looked at again by itself
            return "held"
        if domain in REFUSED or ordered(domain) is None or ordered(domain) < 3:
            return "refused"
        return "sent"

    check_fates(office, "exclusive", expected)


def test_many_recipients_of_a_domain(office):
    """A16: a hundred recipients at one domain are one look at it"""
    office.daemon.letterlock("config", "set", "policy.mode", "opportunistic")
    office.daemon.restart()

    def visits():
        return office.world.recipients.log().count(": connect from")

    before = visits()
    recipients = [f"r{i}@valid.lab" for i in range(100)]
    begin = time.monotonic()
    accepted, said = office.send(recipients, letter(recipients[0], name="hundred"))
    tap.true(accepted, said)
    tap.true(time.monotonic() - begin < 20, "the answer waited for the looks")

    def sent():
        record = office.letter_named("hundred")
        return record and {r["state"] for r in record["recipients"]} == {"sent"}

    wait_until(sent, "all are sent")
    tap.true(visits() - before <= 1, f"{visits() - before} visits")


def test_no_open_to_broken(office):
    """No letter left for a broken way in any mode"""
    for domain in BROKEN:
        tap.equal(office.provider.letters(f"bob@{domain}"), [], domain)


if __name__ == "__main__":
    tap.main(Office)
