# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that their issuer took back lock nothing; what cannot be asked is said, and locks.
Lists come from nginx, answers from the responder of openssl."""

import os

import tap
from certificates import Authority
from gnupg import GnuPG
from office import Office, letter
from process import wait_until
from revoking import ADDRESS, Revoking, list_place, ocsp_place

NOBODY = 8889  # no responder listens there


class Asked(Office):
    """A certificate for each case."""

    def __init__(self, folder):
        self.gnupg = GnuPG()
        super().__init__(folder, environment={"GNUPGHOME": self.gnupg.home})

    def __enter__(self):
        self.world.zones.zone("ca.lab", f"crl A {ADDRESS}\nocsp A {ADDRESS}\n", signed=False)
        self.revoking = Revoking(os.path.join(self.folder, "revoking"), self.world.ca)
        self.people = {}
        for name, more in {
            "good": [ocsp_place()], "bad": [ocsp_place()], "stranger": [ocsp_place()],
            "listed": [list_place("listed.crl")], "free": [list_place("free.crl")],
            "forged": [list_place("forged.crl")], "stale": [list_place("stale.crl")],
            "silent": [ocsp_place(NOBODY)], "second": [ocsp_place(NOBODY), list_place("listed.crl")],
            "placeless": [], "both": [ocsp_place()],
        }.items():  # fmt: skip
            self.people[name] = self.world.ca.issue_for_mail(f"{name}@plain.lab", more=more)
        self.below("deep", "Deep CA")
        self.below("fallen", "Fallen CA", list_place("fallen.crl"))
        for name in ("good", "silent"):
            self.revoking.know(self.people[name])
        for name in ("bad", "both"):
            self.revoking.know(self.people[name], revoked=True)
        self.revoking.publish("listed.crl", [self.people["listed"], self.people["second"]])
        self.revoking.publish("free.crl", [self.people["listed"]])
        other = Authority(os.path.join(self.folder, "other"), self.world.ca.certificate.subject.rfc4514_string()[3:])
        self.revoking.publish("forged.crl", issuer=other)
        self.revoking.publish("stale.crl", days=(-9, -2))
        self.revoking.__enter__()
        super().__enter__()
        for made in self.people.values():
            self.daemon.letterlock("key", "import", made.chain)
        return self

    def below(self, name, authority, *more):
        """Somebody whose issuer is another's, whose own list is fresh; with @more that one is asked
        about at a place that says that it was revoked."""
        middle = Authority(os.path.join(self.folder, name), authority, self.world.ca, more=more)
        place = f"{name}-own.crl"
        self.people[name] = middle.issue_for_mail(f"{name}@plain.lab", more=[list_place(place)])
        self.revoking.publish(place, issuer=middle)
        if more:
            self.revoking.publish(f"{name}.crl", [middle])

    def __exit__(self, *arguments):
        try:
            super().__exit__(*arguments)
        finally:
            self.revoking.__exit__()
            self.gnupg.__exit__()

    def key(self, name):
        """What `key list` says of somebody's certificate."""
        found = self.daemon.letterlock("key", "list", f"{name}@plain.lab", "--json")
        return next(x for x in found if x["method"] == "smime")


def test_good(lab):
    """The responder, and the list, say that it is good: nothing more is to be said"""
    for name in ("good", "free"):
        key = lab.key(name)
        tap.equal((key["defect"], key["note"], key["use"]), (None, None, "ready"), f"{name}: {key}")


def test_revoked(lab):
    """Revoked by OCSP, by a list, by a list where no responder answers: never used"""
    for name in ("bad", "listed", "second"):
        key = lab.key(name)
        tap.equal((key["defect"], key["use"]), ("revoked", "no"), f"{name}: {key}")


def test_issuers(lab):
    """The issuers between are asked about, too: one without a place to ask is good, one that fell is not"""
    key = lab.key("deep")
    tap.equal((key["defect"], key["note"], key["use"]), (None, None, "ready"), key)
    key = lab.key("fallen")
    tap.equal((key["defect"], key["use"]), ("revoked", "no"), key)


def test_revoked_holds(lab):
    """A letter to whose certificate was revoked is held, and that is said"""
    accepted, said = lab.send("bad@plain.lab", letter("bad@plain.lab", name="bad"))
    tap.true(accepted, said)
    record = lab.daemon.wait_letter("bad", "held")
    tap.equal(lab.arrived("bad"), [], "letters at the provider")
    said = lab.daemon.letterlock("explain", record["id"])
    tap.true("its certificate was revoked by its issuer" in said, said)


def test_next_lock(lab):
    """... unless there is another lock: the order of the fallbacks goes on"""
    fingerprint = lab.gnupg.generate("both@plain.lab")
    path = os.path.join(lab.folder, "both.key")
    with open(path, "wb") as file:
        file.write(lab.gnupg.export(fingerprint))
    lab.daemon.letterlock("key", "import", path)
    lab.daemon.letterlock("account", "edit", "anna", "--fallback", "smime,pgp")
    accepted, said = lab.send("both@plain.lab", letter("both@plain.lab", name="both"))
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("both"), "the letter arrives")
    tap.equal(lab.fate("both")["method"], "pgp", "method")


def test_unknown(lab):
    """Nobody answered just now, nobody knows, nobody is named, another one signed, too old: said, and used"""
    words = {
        "silent": "did not answer just now",
        "stranger": "does not know it",
        "placeless": "no place to ask",
        "forged": "signature",
        "stale": "expired",
    }
    for name, why in words.items():
        key = lab.key(name)
        tap.equal((key["defect"], key["use"]), (None, "ready"), f"{name}: {key}")
        tap.true("could not be asked" in key["note"] and why in key["note"], f"{name}: {key['note']}")


def test_unknown_locks(lab):
    """A letter is locked although nobody could be asked, and show says so"""
    accepted, said = lab.send("silent@plain.lab", letter("silent@plain.lab", name="silent"))
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("silent"), "the letter arrives")
    shown = lab.daemon.letterlock("show", lab.letter_named("silent")["id"])
    tap.true("could not be asked" in shown, shown)
    said = lab.daemon.letterlock("explain", lab.letter_named("silent")["id"])
    tap.true("could not be asked" in said, said)


def test_kept(lab):
    """A list is fetched once until its own end, and what was revoked stays so without it"""
    before = lab.revoking.asked("listed.crl")
    lab.daemon.stop()
    lab.revoking.web.stop()
    lab.daemon.start()
    tap.equal(lab.key("listed")["defect"], "revoked", "without a server")
    tap.equal(lab.revoking.asked("listed.crl"), before, "fetched")
    tap.equal(before, 1, "fetched at first")


if __name__ == "__main__":
    tap.main(Asked)
