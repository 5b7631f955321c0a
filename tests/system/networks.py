# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be seen is said as that and never as "no TLS": networks that block, divert or strip
port 25, a look that is switched off, DNS that fails. And `check` works without a daemon."""

import json

import tap
import world
from policies import policy
from faults_dns import Forwarder
from namespace import Dropped
from office import Office, letter
from process import wait_until
from surroundings import Diverted

GREAT = ("secure", "guarantee", "will be encrypted", "padlock")
DAY = 86400
FAULTS = [("MX", "lame.lab", "servfail")]
POLICY = f'mta-sts A {world.POLICY_ADDRESS}\n_mta-sts TXT "v=STSv1; id=20261122T0900;"\n'


class Networks(Office):
    def __init__(self, folder):
        super().__init__(folder)
        zone = self.world.zones.zone
        zone("lame.lab", "@ MX 10 mx.valid.lab.\n", signed=False)
        zone("xn--bcher-kva.lab", "@ MX 10 mx.dane.lab.\n")
        zone("neighbour.lab", "@ MX 10 mail.provider.lab.\n", signed=False)
        zone("mute.lab", "@ MX 0 .\n", signed=False)
        for name, age in (("faded.lab", 86400), ("lapsed.lab", 2)):
            self.world.policies.publish(name, policy("enforce", "mx.valid.lab", max_age=age))
            zone(name, f"@ MX 10 mx.valid.lab.\n{POLICY}", signed=False, ttl=0)
        # what is said about a policy is signed, and the signature is of last year
        zone("forged.lab", "@ MX 10 mx\nmx A 127.0.1.6\n")
        zone("_mta-sts.forged.lab", '@ TXT "v=STSv1; id=1;"\n', dates=(-60 * DAY, -5 * DAY))
        zone("nowhere.lab", "@ MX 10 gone.nowhere.lab.\n")
        self.start_resolver = self.world.zones.start_resolver
        self.world.zones.start_resolver = self.start_faulty

    def start_faulty(self, address, port):
        """The resolver of this network asks through somebody who spoils some answers."""
        self.faulty = Forwarder(self.world.zones.nsd, rules=FAULTS)
        return self.start_resolver(address, port, upstream=self.faulty.endpoint)

    def check(self, target):
        """(what check says of it, its exit status)"""
        done = self.daemon.try_letterlock("check", target, "--json")
        lines = done.stdout.splitlines()
        tap.equal(len(lines), 1, f"objects for {target} ({done.stderr})")
        found = json.loads(lines[0])
        for word in GREAT:
            tap.true(word not in found["reason"].lower(), found["reason"])
        return found, done.returncode

    def preset(self, name):
        self.daemon.letterlock("config", "set", "policy.preset", name)

    def fate_of(self, domain, name):
        accepted, said = self.send(f"bob@{domain}", letter(f"bob@{domain}", name=name))
        return self.fate(name) if accepted else {"state": "refused", "reason": said}


CODES = {
    "dane.lab": None,
    "sts.lab": None,
    "valid.lab": None,
    "mismatch.lab": "certificate-host-mismatch",
    "self.lab": "certificate-not-trusted",
    "expired.lab": "certificate-expired",
    "old.lab": "weak-protocol",
    "plain.lab": "starttls-not-supported",
    "badane.lab": "tlsa-invalid",
    "badsts.lab": "certificate-not-trusted",
    "bogus.lab": "dnssec-invalid",
    "null.lab": "null-mx",
    "absent.lab": "no-such-domain",
    "nowhere.lab": "no-such-domain",
    "lame.lab": "unknown-temp",
    "dead.lab": "unknown-temp",
}
YES = ("opp", "pkix", "half", "sts", "dane")


def check_codes(office):
    wrong = {}
    for domain, code in CODES.items():
        found, status = office.check(domain)
        expected = 0 if found["evidence"] in YES else 1
        if found["code"] != code or status != expected:
            wrong[domain] = (found["evidence"], found["code"], code, status, found["reason"])
    tap.equal(wrong, {}, "codes")


def test_codes(office):
    """check gives the code beside each reason, and the status that fits"""
    check_codes(office)


def test_targets(office):
    """check takes addresses, address literals and names in any script"""
    found, _ = office.check("Bob@DANE.lab")
    tap.equal((found["address"], found["domain"]), ("Bob@DANE.lab", "dane.lab"), "address")
    found, status = office.check("bob@bücher.lab")
    tap.equal((found["domain"], found["evidence"], status), ("xn--bcher-kva.lab", "dane", 0), "IDN")
    found, status = office.check("bob@[127.0.1.1]")
    tap.equal((found["domain"], found["evidence"], status), ("[127.0.1.1]", "opp", 0), "literal")
    for wrong in ("bob@127.0.1.1", "-x..lab", "bob@"):
        done = office.daemon.try_letterlock("check", wrong, "--json")
        tap.true(done.returncode in (2, 3) and done.stderr.count("\n") == 1, f"{wrong}: {done}")


def test_lookup_fails(office):
    """N09: a failed MX look-up holds the letter, and says that it is a failed look-up"""
    fate = office.fate_of("lame.lab", "n09")
    tap.equal((fate["state"], fate["evidence"], fate["code"]), ("held", "broken", "unknown-temp"), "fate")
    tap.true("could not be looked up" in fate["reason"], fate["reason"])


def test_forged_policy(office):
    """Promise 7: a policy record that does not verify is not an absent one"""
    found, status = office.check("forged.lab")
    tap.equal((found["evidence"], found["code"], status), ("broken", "dnssec-invalid", 1), found)
    fate = office.fate_of("forged.lab", "forged")
    tap.equal(fate["state"], "held", fate)


def test_policy_record_fails(office):
    """ST16: the record cannot be looked up, or is gone: the policy stays as long as it is valid"""
    found, _ = office.check("faded.lab")
    tap.equal((found["evidence"], found["mta_sts"]["mode"]), ("sts", "enforce"), found)
    before = office.faulty.rules
    office.faulty.rules = [*before, ("TXT", "_mta-sts.faded.lab", "servfail")]
    office.daemon.restart()
    found, _ = office.check("faded.lab")
    tap.equal((found["evidence"], found["mta_sts"]["mode"]), ("sts", "enforce"), found)
    office.faulty.rules = before


def test_policy_cannot_be_renewed(office):
    """K05: the policy is over and its host does not answer: held as a suspected downgrade"""
    found, _ = office.check("lapsed.lab")
    tap.equal(found["evidence"], "sts", found)
    with Dropped(port=443):
        office.daemon.restart()

        def over():
            found, _ = office.check("lapsed.lab")
            return found if found["evidence"] != "sts" else None

        found = wait_until(over, "the policy is over")
        tap.equal((found["code"], found["suspected_downgrade"]), ("downgrade-suspected", True), found)
        tap.true(found["was"].startswith("sts until "), found["was"])
        fate = office.fate_of("lapsed.lab", "k05")
        tap.equal(fate["state"], "held", fate)


def test_same_provider(office):
    """N26: who delivers is who receives"""
    said = office.daemon.letterlock("preview", "bob@neighbour.lab", "--json")[0]
    tap.true("does not cross the Internet" in said["reason"], said["reason"])
    said = office.daemon.letterlock("preview", "bob@valid.lab", "--json")[0]
    tap.true("does not cross the Internet" not in said["reason"], said["reason"])


def test_own_domain_takes_no_mail(office):
    """N05: a sender whose domain says that it takes no mail is warned"""
    said = office.daemon.letterlock("sender", "mute.lab", "--json")[0]
    tap.true("5.7.27" in (said["warning"] or ""), said)
    tap.true("5.7.27" in office.daemon.letterlock("sender", "mute.lab"), "not printed")
    tap.equal(office.daemon.letterlock("sender", "valid.lab", "--json")[0]["warning"], None, "valid")


def test_where_it_was_looked_from(office):
    """U16: what is kept says when, from which network and with which DNS it was looked"""
    fate = office.fate_of("valid.lab", "u16")
    proof = fate["proof"]
    tap.equal((proof["network"], proof["dns"]), ("open", "validates"), proof)
    tap.true(proof["time"], proof)


def test_unaddressed(office):
    """N14: a domain without any server that has an address is refused, and exists"""
    fate = office.fate_of("nowhere.lab", "n14")
    tap.equal(fate["state"], "refused", "state")
    tap.true("does not exist" not in str(fate["reason"]), str(fate))


def test_alone(office):
    """check works without a daemon, with the same configuration and the same answers"""
    office.daemon.stop()
    try:
        check_codes(office)
        test_targets(office)
    finally:
        office.daemon.start()


# Where nothing but DNS and HTTPS can be seen.
UNSEEN = {"dane.lab": "dane", "sts.lab": "sts", "valid.lab": "unknown", "plain.lab": "unknown"}


def check_unseen(office, name, why, code, *words):
    """Careful sends and says what it does not know; Regulated holds."""
    for domain, evidence in UNSEEN.items():
        found, status = office.check(domain)
        tap.equal(found["evidence"], evidence, f"{domain}: {found}")
        tap.true(found["source"] != "seen", f"{domain}: {found}")
        tap.true("no encryption" not in found["reason"], found["reason"])
        if evidence == "unknown":
            tap.equal((found["why"], found["code"], status), (why, code, 1), f"{domain}: {found}")
    for domain, evidence in UNSEEN.items():
        fate = office.fate_of(domain, f"careful-{name}-{domain}")
        tap.equal((fate["state"], fate["evidence"]), ("sent", evidence), f"careful, {domain}")
        if evidence == "unknown":
            tap.equal(fate["method"], "open", "method")
            for part in (*words, "is not known"):
                tap.true(part in fate["reason"], fate["reason"])
    office.preset("regulated")
    for domain in UNSEEN:
        fate = office.fate_of(domain, f"regulated-{name}-{domain}")
        tap.equal(fate["state"], "held", f"regulated, {domain}: {fate}")
    office.preset("careful")


def test_switched_off(office):
    """With probe=never nothing is contacted, and that is what is said"""
    office.daemon.letterlock("config", "set", "network.probe", "never")
    office.daemon.restart()
    check_unseen(office, "never", None, None, "was not looked at")
    office.daemon.letterlock("config", "set", "network.probe", "auto")
    office.daemon.restart()


def test_blocked(office):
    """A blocked port 25 is said as that"""
    office.daemon.stop()
    with Dropped(port=25):
        office.daemon.start()
        # three unrelated addresses and the control hosts prove it
        for domain in ("valid.lab", "plain.lab", "self.lab", "mismatch.lab"):
            office.check(domain)
        check_unseen(office, "blocked", "port25", "unknown-port25-blocked", "port 25")
    office.daemon.restart()


def diverted(office, name, behaviour):
    office.daemon.stop()
    with Diverted(behaviour, office.world.ca.issue("middle.box.lab")):
        office.daemon.start()
        office.check("valid.lab")
        check_unseen(office, name, "port25", "unknown-port25-blocked", "port 25")
    office.daemon.restart()


def test_redirected(office):
    """A network that answers in place of all mail servers proves nothing against them"""
    diverted(office, "redirected", "foreign")


def test_stripped(office):
    """T07: a network that hides STARTTLS everywhere is no domain without TLS"""
    diverted(office, "stripped", "stripped")


def accepted_for_good(office, domain):
    """What it is now is its new state: no alarm, no claim, over a restart"""
    accept = ("override", domain, "--accept", "--reason", "they moved")
    for refused in ((*accept[:3],), ("override", "valid.lab", *accept[2:])):
        tap.true(office.daemon.try_letterlock(*refused).returncode != 0, f"{refused} was taken")
    office.daemon.letterlock(*accept)
    office.daemon.restart()
    found, _ = office.check(domain)
    seen = (found["evidence"], found.get("suspected_downgrade", False))
    tap.equal(seen, ("plain", False), f"accepted: {found}")
    fate = office.fate_of(domain, "k11-for-good")
    tap.equal((fate["state"], fate["overridden"]), ("sent", False), f"accepted: {fate}")
    tap.true("not encrypted" in fate["reason"] or "unencrypted" in fate["reason"], fate["reason"])
    listed = office.daemon.letterlock("override", "--list", "--json")
    tap.true(("they moved", False) in [(x["reason"], x["active"]) for x in listed], listed)


def test_downgrade(office):
    """K11: STARTTLS that was seen twice and vanishes at one domain alone is held, restarts or not"""
    found, _ = office.check("testing.lab")
    office.daemon.restart()
    found, _ = office.check("testing.lab")
    tap.equal(found["evidence"], "pkix", "before")
    address = found["hosts"][0]["addresses"][0]
    office.daemon.stop()
    with Diverted("stripped", office.world.ca.issue("middle.box.lab"), only=address):
        office.daemon.start()
        for turn in ("first", "again"):
            found, status = office.check("testing.lab")
            suspected = (found["evidence"], found["code"], found["suspected_downgrade"], status)
            tap.equal(suspected, ("plain", "downgrade-suspected", True, 1), f"{turn}: {found}")
            tap.true(found["was"].startswith("encrypted until "), found["was"])
            office.preset("everyday")
            fate = office.fate_of("testing.lab", f"k11-{turn}")
            tap.equal(fate["state"], "held", f"{turn}: {fate}")
            tap.true("better protected before" in fate["reason"], fate["reason"])
            office.preset("careful")
            office.daemon.restart()
        office.daemon.letterlock("override", "testing.lab", "--reason", "they called; new server")
        office.preset("everyday")
        fate = office.fate_of("testing.lab", "k11-accepted")
        tap.equal((fate["state"], fate["overridden"]), ("sent", True), f"after an override: {fate}")
        office.daemon.letterlock("override", "testing.lab", "--remove")
        accepted_for_good(office, "testing.lab")
        office.preset("careful")
    office.daemon.restart()


def test_doctor_on_a_cold_start(office):
    """doctor tests DNS and port 25 itself, when nothing was sent or looked at before"""
    office.daemon.restart()
    said = {x["check"]: x for x in office.daemon.letterlock("doctor", "--json")}
    for check in ("dns", "network"):
        tap.equal(said[check]["ok"], True, said[check])


def test_seen_again(office):
    """Behind these networks everything is as it was"""
    for domain in ("dane.lab", "sts.lab", "valid.lab", "plain.lab", "testing.lab"):
        found, _ = office.check(domain)
        tap.equal(found["evidence"], world.EXPECTED[domain], f"{domain}: {found}")
        tap.true(not found.get("suspected_downgrade"), f"{domain}: {found}")


if __name__ == "__main__":
    tap.main(Networks)
