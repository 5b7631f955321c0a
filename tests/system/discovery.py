# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys are found: the user's keyring, the recipient's own domain over HTTPS and signed DNS,
servers that the user chose; what each of them is worth, and what a source that fails may not do."""

import json
import os
import subprocess
import time

import tap
from gnupg import GnuPG
from process import wait_until
from slapd import Directory
from sources import JOE, LDAP, SUE_PLACE, Discovery, configured, uses

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


def test_check_address(lab):
    """check says of an address what could lock a letter to it; of a domain, what it always said"""
    def check(*targets):
        done = lab.office.daemon.try_letterlock("check", *targets)
        tap.true(done.returncode in (0, 1), done.stderr)
        return done.stdout

    (line,) = [json.loads(x) for x in check(JOE, "--json").splitlines()]
    tap.equal((line["domain"], line["address"]), ("wkd.lab", JOE), line)
    (key,) = line["locks"]
    tap.equal((key["source"], key["trust"], key["use"]), ("wkd", "published", "ready"), key)
    tap.equal(line["locks_reason"], None, line)
    shown = check("bob@plain.lab")
    tap.true("found in your GnuPG keyring (kept): used by itself" in shown, shown)
    tap.true("no key for this address is known" in check("nobody@plain.lab"), "nobody")
    shown = check("joe@forged.lab")
    tap.true("  not known (" in shown and "DNSSEC" in shown, shown)
    tap.true("locks" not in json.loads(check("plain.lab", "--json")), "a domain")
    tap.true("What can lock" not in check("plain.lab"), "a domain")


# -- signed DNS ---------------------------------------------------------------------------------


def test_openpgpkey(lab):
    """A key in signed DNS locks by itself; it is not imported"""
    lock = lab.locked("joe@signed.lab", "openpgpkey")
    tap.equal((lock["source"], lock["trust"]), ("dane", "published"), lock)
    (raw,) = lab.arrived("openpgpkey")
    tap.true(b"Dear Bob" in lab.others.decrypt(raw[raw.index(b"-----BEGIN") :]), "joe cannot read it")
    tap.true(b"joe@" not in lab.gnupg.run("--list-keys"), "the key was imported")


def test_smimea(lab):
    """A certificate in signed DNS locks by itself, although its issuer is a stranger here"""
    lock = lab.locked("gina@signed.lab", "smimea")
    tap.equal((lock["source"], lock["method"]), ("dane", "smime"), lock)
    gina = lab.issued["signed.lab"]["gina"]
    done = subprocess.run(
        ["openssl", "cms", "-decrypt", "-recip", gina.chain, "-inkey", gina.key],
        input=lab.arrived("smimea")[0], capture_output=True, check=False,
    )  # fmt: skip
    tap.true(b"Dear Bob" in done.stdout, done.stderr)


def test_digest_confirms(lab):
    """A digest in signed DNS gives no certificate, but vouches for the one from a file"""
    status, keys, said = lab.find("fred@signed.lab")
    tap.equal((status, keys, said), (0, [], ""), "a digest is no certificate")
    for domain, trust, use in (("signed.lab", "published", "ready"), ("unsigned.lab", "unchecked", "ask")):
        lab.office.daemon.letterlock("key", "import", lab.issued[domain]["fred"].chain)
        status, (key,), said = lab.find(f"fred@{domain}")
        tap.equal((key["trust"], key["use"]), (trust, use), key)


def test_not_signed(lab):
    """What DNS says without a signature is as if it were not there"""
    for name in ("joe", "gina"):
        tap.equal(lab.find(f"{name}@unsigned.lab"), (0, [], ""), name)
    record = lab.held("joe@unsigned.lab", "unsigned")
    tap.true("no key for this address is known" in record["recipients"][0]["reason"], record)


def test_forged(lab):
    """A signature that fails: not used, and said"""
    for name in ("joe", "gina"):
        status, keys, said = lab.find(f"{name}@forged.lab")
        tap.equal((status, keys), (3, []), said)
        tap.true("DNS signature" in said and "wrong" in said, said)
    lab.held("joe@forged.lab", "forged")
    tap.equal(lab.arrived("forged"), [], "letters at the provider")


def test_wrong_records(lab):
    """Somebody else's key, and what is none: shown with the defect, never used"""
    for name, defect in (("mallory", "other-address"), ("kim", "malformed")):
        status, (key,), said = lab.find(f"{name}@signed.lab")
        tap.equal((key["defect"], key["use"]), (defect, "no"), key)
        lab.held(f"{name}@signed.lab", name)


# -- web key directories ------------------------------------------------------------------------


def test_wkd_places(lab):
    """The direct place only where the advanced one does not exist, whatever is found there"""
    status, (key,), said = lab.find("joe.doe@direct.lab")
    tap.equal((status, key["use"], said), (0, "ready", ""), key)
    tap.equal(lab.find("joe.doe@missing.lab"), (0, [], ""), "a key in the wrong place")
    for domain, clause in (("fails.lab", "status 503"), ("wild.lab", "certificate")):
        status, keys, said = lab.find(f"joe.doe@{domain}")
        tap.equal((status, keys), (3, []), said)
        tap.true(clause in said, said)


def test_wkd_refused(lab):
    """Sent elsewhere, not trusted, too large: no key, and it is said; the letter is held with that"""
    for domain, clause in (("redirect.lab", "status 302"), ("badtls.lab", "certificate"), ("big.lab", "longer than")):
        status, keys, said = lab.find(f"joe.doe@{domain}")
        tap.equal((status, keys), (3, []), f"{domain}: {said}")
        tap.true(clause in said, f"{domain}: {said}")
    record = lab.held("joe.doe@redirect.lab", "redirected")
    tap.true("status 302" in record["recipients"][0]["reason"], record)


def test_wkd_wrong_keys(lab):
    """Somebody else's key, and two in one file: shown with the defect, never used"""
    for domain, defect in (("uid.lab", "other-address"), ("two.lab", "malformed")):
        status, (key,), said = lab.find(f"joe.doe@{domain}")
        tap.equal((status, key["defect"], key["use"]), (0, defect, "no"), key)


def test_wkd_stalls(lab):
    """One that never answers: the others' keys are there, and in the end it is said"""
    lab.gnupg.import_(lab.key("pat@stall.lab"))
    status, (key,), said = lab.find("pat@stall.lab")
    tap.equal((status, key["source"], key["use"]), (0, "gnupg", "ready"), key)
    tap.true("web key directory" in said, said)
    lab.locked("pat@stall.lab", "stalled")
    # what the user said yes to needs no other source: it is not waited for
    lab.office.daemon.letterlock("key", "accept", "pat@stall.lab")
    lab.locked("pat@stall.lab", "decided")


def age(lab, days):
    """What is kept of web key directories is this old."""
    folder = os.path.join(lab.office.daemon.folder, "cache/letterlock/wkd")
    for name in os.listdir(folder):
        when = time.time() - days * 86400
        os.utime(os.path.join(folder, name), (when, when))


def test_wkd_kept(lab):
    """What was found is kept for 7 days, that there is none for one; key find asks past both"""
    place = f"/.well-known/openpgpkey/wkd.lab/hu/{SUE_PLACE}"
    served = lambda: lab.world.policies.requests("openpgpkey.wkd.lab", place)  # noqa: E731
    for again in range(2):
        (key,) = lab.office.daemon.letterlock("key", "list", "sue@wkd.lab", "--json")
        tap.equal((key["source"], key["use"]), ("wkd", "ready"), key)
        tap.equal(served(), 1, f"questions {again}")
    lab.find("sue@wkd.lab")
    tap.equal(served(), 2, "questions of key find")
    for days, questions in ((6, 2), (8, 3)):
        age(lab, days)
        tap.equal(uses(lab, "sue@wkd.lab"), ["ready"], "key")
        tap.equal(served(), questions, f"questions after {days} days")
    none = lambda: lab.world.policies.requests("openpgpkey.wkd.lab", "") - served()  # noqa: E731
    before = none()
    for days, questions in ((0, 1), (0, 1), (2, 2)):
        age(lab, days)
        tap.equal(uses(lab, "ted@wkd.lab"), [], "no key")
        tap.equal(none() - before, questions, f"questions for what is not there after {days} days")


# -- servers that the user chose -------------------------------------------------------------------


def test_keyserver(lab):
    """Asked only when it is configured; what it gives is asked about"""
    tap.equal(lab.find("kay@plain.lab"), (0, [], ""), "without")
    with configured(lab, "keys.keyserver", "https://keys.office.lab"):
        status, (key,), said = lab.find("kay@plain.lab")
        tap.equal((key["source"], key["trust"], key["use"]), ("keyserver", "unchecked", "ask"), key)
        tap.equal(lab.find("nobody@plain.lab"), (0, [], ""), "nobody")
        status, keys, said = lab.find("lee@plain.lab")
        tap.equal((status, keys), (3, []), said)
        tap.true("no key" in said, said)
        record = lab.held("kay@plain.lab", "kay")
        lab.office.daemon.letterlock("release", record["id"], "--with", "pgp")
        wait_until(lambda: lab.arrived("kay"), "the letter arrives")
        lock = lab.office.fate("kay")["proof"]["lock"]
        tap.equal((lock["source"], lock["trust"]), ("keyserver", "accepted"), lock)


def test_ldap(lab):
    """Asked only when it is configured, over TLS; an issuer that is trusted vouches, the directory does not"""
    tap.equal(lab.find("hal@plain.lab"), (0, [], ""), "without")
    for url in (f"ldaps://ldap.office.lab/{Directory.base}",
                f"ldap://ldap.office.lab/{Directory.base}??sub?(objectClass=inetOrgPerson)"):  # fmt: skip
        with configured(lab, "keys.ldap", url):
            for name, trust, use in (("hal", "verified", "ready"), ("may", "verified", "ready"),
                                     ("ivy", "unchecked", "ask"), ("jim", "verified", "no")):  # fmt: skip
                status, keys, said = lab.find(f"{name}@plain.lab")
                tap.equal([(x["source"], x["trust"], x["use"]) for x in keys], [("ldap", trust, use)], f"{name} {said}")
            for other in ("nobody", "*", "h*l", "hal)(mail=*"):
                status, keys, said = lab.find(f'"{other}"@plain.lab' if ")" in other else f"{other}@plain.lab")
                tap.equal((status, keys), (0, []), f"{other} {said}")
    with configured(lab, "keys.ldap", f"ldaps://ldap.office.lab/{Directory.base}"):
        lock = lab.locked("hal@plain.lab", "hal")
        tap.equal((lock["source"], lock["method"]), ("ldap", "smime"), lock)


def test_ldap_fails(lab):
    """No TLS, another name, no answer: said; the keys of others are there all the same"""
    for url in (f"ldaps://{LDAP}/{Directory.base}", "ldaps://stall.office.lab/", "ldap://absent.office.lab/"):
        with configured(lab, "keys.ldap", url):
            status, keys, said = lab.find("hal@plain.lab")
            tap.equal((status, keys), (3, []), f"{url} {said}")
            tap.true("the directory" in said, said)
            status, (key,), said = lab.find("bob@plain.lab")
            tap.equal((status, key["source"]), (0, "gnupg"), said)


if __name__ == "__main__":
    tap.main(Discovery)
