# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a provider can do wrong: the mail program gets a clear answer in time, nothing
is lost, nothing is sent twice, and nothing is said to who is not the provider."""

import concurrent.futures
import contextlib
import time

import certificates
import clients
import tap
from office import Office, letter
from smtp_faults import OFFERS, FaultServer

HOST = "mail.faulty.lab"
ADDRESS = "127.0.0.70"
# "checking" until the final dot: what was not said yet is not being sent yet
PENDING = {"waiting", "queued", "checking"}


class Case:
    """A provider of its own with one fault, and an account on it."""

    def __init__(self, name, states, *, accepted=True, code=None, faults=None, certificate="good",
                 implicit=False, recipients=("bob",), host=HOST, silent=False, size=0, **server):  # fmt: skip
        self.name = name
        self.states = states  # what the record may say; None: no record of a pending letter
        self.accepted = accepted
        self.code = code
        self.faults = faults or {}
        self.certificate = certificate
        self.implicit = implicit
        self.recipients = recipients
        self.host = host
        self.silent = silent  # nobody was verified, so no password and no letter was said
        self.size = size
        self.server = server


def cases():
    yield Case("unknown-host", PENDING, host="nowhere.faulty.lab", silent=True)
    for kind in ("expired", "wrong-name", "self-signed", "untrusted"):
        yield Case(f"certificate-{kind}", PENDING, certificate=kind, implicit=True, silent=True)
        yield Case(f"starttls-{kind}", PENDING, certificate=kind, silent=True)
    # U05: what an unverified server offers is nobody's promise
    yield Case("requiretls-unverified", PENDING, certificate="untrusted", silent=True,
               offers=[*OFFERS, "REQUIRETLS"])  # fmt: skip
    yield Case("no-starttls", PENDING, clear_offers=("AUTH PLAIN LOGIN",), silent=True)
    yield Case("starttls-454", PENDING, faults={"starttls": "454 4.7.0 later"}, silent=True)
    yield Case("inject", PENDING, faults={"starttls": "inject 250-REQUIRETLS"}, silent=True)
    yield Case("auth-535", PENDING, faults={"auth": "535 5.7.8 no"})
    yield Case("close-greeting", PENDING, faults={"greeting": "close"})
    yield Case("close-content", PENDING, faults={"content": "close"}, size=8_000_000)
    yield Case("close-dot", {"uncertain"}, faults={"dot": "close"})
    for stage in ("greeting", "ehlo", "starttls", "handshake", "ehlo-tls", "auth", "mail", "rcpt", "data"):
        yield Case(f"stall-{stage}", PENDING, faults={stage: "stall"})
    yield Case("stall-dot", {"uncertain", "sending"} | PENDING, faults={"dot": "stall"})
    for stage in ("mail", "rcpt", "data", "dot"):
        yield Case(f"451-{stage}", None, accepted=False, code="451", faults={stage: "451 4.3.0 later"})
        yield Case(f"554-{stage}", None, accepted=False, code="554", faults={stage: "554 5.7.1 no thanks"})
    yield Case(
        "one-of-three", {"sent", "failed", "refused", "bounced"}, recipients=("bob", "eve", "joe"),
        faults={"rcpt eve@valid.lab": "550 5.1.1 no such user"},
    )  # fmt: skip


class Faulty(Office):
    def __init__(self, folder):
        super().__init__(folder)
        self.world.zones.zone("faulty.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")
        ca = self.world.ca
        other = certificates.Authority(folder + "/other", "Somebody Else")
        self.certificates = {
            "good": ca.issue(HOST),
            "expired": ca.issue(HOST, expired=True, stem="faulty-expired"),
            "wrong-name": ca.issue("www.faulty.lab"),
            "self-signed": certificates.self_signed(folder + "/other", HOST),
            "untrusted": other.issue(HOST),
        }
        self.stack = contextlib.ExitStack()
        self.results = {}

    def __enter__(self):
        super().__enter__()
        self.prepared = [self.prepare(case) for case in cases()]
        # who stalls keeps a delivery busy: those last, so that the others are answered at once
        quick = [p for p in self.prepared if not p[0].name.startswith("stall")]
        slow = [p for p in self.prepared if p[0].name.startswith("stall")]
        for part, workers in ((quick, 4), (slow, 10)):
            with concurrent.futures.ThreadPoolExecutor(workers) as pool:
                for case, result in pool.map(self.submit, part):
                    self.results[case.name] = result
        return self

    def __exit__(self, *arguments):
        self.stack.close()
        super().__exit__(*arguments)

    def prepare(self, case):
        address = f"{case.name}@faulty.lab"
        server = self.stack.enter_context(
            FaultServer(
                self.certificates[case.certificate], faults=case.faults, implicit=case.implicit,
                address=ADDRESS, users={address: "secret"}, **{"offers": OFFERS, **case.server},
            )
        )  # fmt: skip
        security = "tls" if case.implicit else "starttls"
        answer = self.daemon.add_account(
            address, f"{case.host}:{server.port}", security=security, password="secret"
        )
        return case, server, clients.Login(answer["username"], answer["password"])

    def submit(self, prepared):
        case, server, login = prepared
        sender = f"{case.name}@faulty.lab"
        recipients = [f"{r}@valid.lab" for r in case.recipients]
        body = "Dear Bob,\r\n" + ("x" * 70 + "\r\n") * (case.size // 72)
        content = letter(recipients[0], name=case.name, sender=sender, body=body)
        begin = time.monotonic()
        accepted, said = clients.swaks(login, sender, recipients, content)
        return case, (accepted, said, time.monotonic() - begin, server)


def make(name):
    def test(office):
        case = next(c for c, _, _ in office.prepared if c.name == name)
        accepted, said, seconds, server = office.results[name]
        tap.equal(accepted, case.accepted, f"accepted ({said[-600:]})")
        if case.code:
            tap.true(f"<** {case.code}" in said, said)
        tap.true(seconds < 25, f"answered after {seconds:.0f} s")
        record = office.letter_named(name)
        states = {r["state"] for r in record["recipients"]} if record else set()
        if case.states is None:
            tap.true(not states & PENDING, f"still {states}, although the mail program was told")
        else:
            tap.true(states and states <= case.states, f"{states} is not in {case.states}")
        # a notice to the user himself, from <>, may follow
        sent = [one for one in server.letters if "<>" not in one["sender"]]
        tap.true(len(sent) <= 1, f"sent {len(sent)} times")
        if case.silent:
            said_there = " ".join(str(c) for c in server.commands).upper()
            tap.true("AUTH" not in said_there and "MAIL" not in said_there, said_there)
            tap.equal(server.letters, [], "letters there")

    test.__doc__ = name.replace("-", " ")
    return test


for _case in cases():
    globals()["test_" + _case.name.replace("-", "_")] = make(_case.name)


def test_one_refused_is_named(office):
    """Of three recipients the refused one is told, the others are sent"""
    states = {r["address"]: r["state"] for r in office.letter_named("one-of-three")["recipients"]}
    tap.equal(states["bob@valid.lab"], "sent", "bob")
    tap.equal(states["joe@valid.lab"], "sent", "joe")
    tap.true(states["eve@valid.lab"] in ("failed", "refused", "bounced"), states["eve@valid.lab"])


if __name__ == "__main__":
    tap.main(Faulty)
