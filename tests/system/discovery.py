# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys are found: the user's keyring, the recipient's own domain over HTTPS and signed DNS,
files; what each of them is worth, and what a source that fails may not do."""

import json

import tap
from gnupg import GnuPG
from office import Office, letter
from process import wait_until
from world import POLICY_ADDRESS

JOE = "joe.doe@wkd.lab"
JOE_PLACE = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"


class Discovery:
    """An office whose daemon has Anna's keyring; the others' keys are where each test looks."""

    def __init__(self, folder):
        self.gnupg = GnuPG()
        self.others = GnuPG()
        self.office = Office(folder, environment={"GNUPGHOME": self.gnupg.home})

    def __enter__(self):
        try:
            self.gnupg.import_(self.key("bob@plain.lab"))
            self.world = self.office.world
            self.world.policies.key_directory("wkd.lab", {JOE_PLACE: self.key(JOE)})
            self.zone("wkd.lab", f"openpgpkey A {POLICY_ADDRESS}\n")
            self.office.__enter__()
        except BaseException:
            self.close()
            raise
        return self

    def zone(self, name, text, **options):
        """A domain whose mail server does no TLS."""
        self.world.zones.zone(name, f"@ MX 10 mx.plain.lab.\n{text}", **{"signed": False, **options})

    def key(self, address, **options):
        """A new key of somebody, in octets."""
        return self.others.export(self.others.generate(address, **options))

    def close(self):
        for gnupg in (self.gnupg, self.others):
            gnupg.__exit__()

    def __exit__(self, *arguments):
        try:
            self.office.__exit__(*arguments)
        finally:
            self.close()

    def find(self, address):
        """(status, the keys, what was said on stderr)"""
        done = self.office.daemon.try_letterlock("key", "find", address, "--json")
        return done.returncode, [json.loads(x) for x in done.stdout.splitlines()], done.stderr

    def arrived(self, name):
        return [x for x in self.office.provider.letters() if f"<{name}@provider.lab>".encode() in x]

    def locked(self, address, name):
        """Sends to somebody; the proof of the lock."""
        accepted, said = self.office.send(address, letter(address, name=name))
        tap.true(accepted, said)
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        return self.office.fate(name)["proof"]["lock"]

    def held(self, address, name):
        """Sends to somebody; the record of the letter, which is held."""
        accepted, said = self.office.send(address, letter(address, name=name))
        tap.true(accepted, said)
        return self.office.daemon.wait_letters(
            lambda letters: next((x for x in letters if x["message_id"] == f"<{name}@provider.lab>"
                                  and x["state"] == "held"), None),
            f"{name} is held",
        )  # fmt: skip


# -- key find, key export ---------------------------------------------------------------------


def test_find(lab):
    """key find asks every source, and shows source, trust and use of each key"""
    status, (key,), said = lab.find("bob@plain.lab")
    tap.equal((status, said), (0, ""), "status")
    tap.equal((key["source"], key["trust"], key["use"]), ("gnupg", "kept", "ready"), key)
    status, (key,), said = lab.find(JOE)
    tap.equal((status, said), (0, ""), "status")
    tap.equal((key["source"], key["trust"], key["use"]), ("wkd", "published", "ready"), key)
    shown = lab.office.daemon.letterlock("key", "find", JOE)
    tap.true("your GnuPG keyring: nothing\n" in shown, shown)
    tap.true("the web key directory of their domain: 1\n" in shown, shown)
    status, keys, said = lab.find("nobody@plain.lab")
    tap.equal((status, keys, said), (0, [], ""), "nobody's keys")


def test_export(lab):
    """key export gives what another gpg takes, by address and by fingerprint, and no secret part"""
    letterlock = lab.office.daemon.letterlock
    bob = lab.others.fingerprint("bob@plain.lab").lower()
    for arguments, address in (
        (["bob@plain.lab"], "bob@plain.lab"), ([bob], "bob@plain.lab"),
        (["bob@plain.lab", bob[:8]], "bob@plain.lab"), ([JOE], JOE),
    ):  # fmt: skip
        text = letterlock("key", "export", *arguments)
        with GnuPG() as other:
            other.import_(text.encode())
            tap.equal(other.fingerprint(address), lab.others.fingerprint(address), arguments)
            tap.equal(other.run("--list-secret-keys"), b"", "secret keys")
    made = lab.world.ca.issue_for_mail("gina@plain.lab")
    (key,) = letterlock("key", "import", made.chain, "--json")
    for name in ("gina@plain.lab", key["fingerprint"][:12]):
        text = letterlock("key", "export", name)
        with open(made.chain, encoding="ascii") as file:
            tap.true(text in file.read(), f"{name}: {text}")
    for wrong in ("nobody@plain.lab", "0" * 40, "ffff"):
        done = lab.office.daemon.try_letterlock("key", "export", wrong)
        tap.equal((done.returncode, done.stdout), (1, ""), wrong)
        tap.true("no such key" in done.stderr, done.stderr)


if __name__ == "__main__":
    tap.main(Discovery)
