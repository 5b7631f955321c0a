# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 2 and 3: kill -9 at every durable step loses nothing and doubles nothing in silence.

strace kills the daemon at the n-th call of a kind, before or after the call was made; there are no
failpoints in the code. After each death it is started again, and what the mail program was told is
compared with what the provider got and what the record says.
"""

import os
import signal

import clients
import tap
from office import Office, letter

# The calls that change what is on disk or on the wire, and at which of them (counted by thread) the
# daemon is killed before it is made. What is after a call is before the next one: the last group.
POINTS = {
    "fdatasync": (1, 1, 1, 1, 2, 2, 3),
    "fsync": (1, 1, 1, 1, 1, 2),
    "rename": (1, 1, 1, 1, 1, 2, 2),
    "unlink,unlinkat": (1, 1, 1, 1, 1, 2),
    "pwrite64": (1, 2, 3, 5, 8),
    "connect": (1, 1, 2, 2, 3),
    "sendto,sendmsg,write": (1, 3, 5, 8, 13),
    "recvfrom,recvmsg,read": (2, 5, 9, 14, 20),
    "fdatasync,fsync,rename,unlink,pwrite64,write": (2, 4, 6, 8, 10, 12, 14, 16, 20, 24),
}
ENOUGH = 5
# Sent or held; small ones go through the spool's log, large ones have files.
SMALL, LARGE = "Dear Bob,\r\n", "Dear Bob, much is to be said.\r\n" * 3000
LETTERS = (("valid.lab", LARGE), ("plain.lab", SMALL), ("valid.lab", LARGE), ("valid.lab", SMALL))
SAFE_STATES = {"sent", "held", "waiting", "queued", "checking", "uncertain", "sending"}


class Mortal(Office):
    def __init__(self, folder):
        super().__init__(folder)
        self.hits = {}
        self.number = 0


def trace(office, calls, count):
    """The wrapper that kills the daemon at this point. -D: its process id stays the daemon's."""
    log = os.path.join(office.folder, "strace.log")
    inject = f"inject={calls}:signal=SIGKILL:when={count}"
    return ["strace", "-D", "-f", "-qq", "-o", log, "-e", f"trace={calls}", "-e", inject]


def one_death(office, calls, count):
    """Starts the daemon mortal, sends letters until it died; what each was told."""
    daemon = office.daemon
    daemon.stop()
    daemon.wrapper = trace(office, calls, count)
    daemon.start(ready=False)
    told = {}
    try:
        daemon.program.wait_until(lambda: os.path.exists(daemon.socket), "its socket is there")
        for domain, body in LETTERS:
            office.number += 1
            name = f"crash-{office.number}"
            address = f"{name}@{domain}"
            told[name] = office.send(address, letter(address, name=name, body=body), clients.swaks)
    except Exception:  # it died while starting: nothing was said
        pass
    # the regular end has durable steps too: death may come there
    died = daemon.program.stop() == -signal.SIGKILL
    daemon.wrapper = []
    return told, died


def check(office, told):
    """After the restart: nothing accepted is lost, nothing is there twice."""
    daemon = office.daemon
    daemon.start()
    daemon.wait_letters(
        lambda letters: not [x for x in letters if x["state"] in ("checking", "sending", "queued")],
        "every letter has its fate",
    )
    wrong = []
    for name, (accepted, said) in told.items():
        copies = sum(len(office.provider.letters(f"{name}@{x}")) for x in ("valid.lab", "plain.lab"))
        record = office.letter_named(name)
        state = record["state"] if record else None
        if copies > 1:
            wrong.append(f"{name}: {copies} copies, state {state}")
        if accepted and copies == 0 and state not in SAFE_STATES - {"sent"}:
            wrong.append(f"{name}: accepted and lost, state {state}: {said[-200:]}")
        if state == "sent" and copies == 0:
            wrong.append(f"{name}: said to be sent, and is not there")
    return wrong


def make(calls):
    def test(office):
        wrong, hits = [], 0
        for count in POINTS[calls]:
            told, died = one_death(office, calls, count)
            hits += died
            wrong += [f"{calls} {count}: {w}" for w in check(office, told)]
        print(f"# {calls}: killed {hits} times")
        tap.equal(wrong, [], "letters lost or doubled")
        tap.true(hits >= ENOUGH, f"only {hits} deaths at {calls}")

    test.__doc__ = f"kill -9 at {calls}"
    return test


for _calls in POINTS:
    globals()["test_" + _calls.replace(",", "_")] = make(_calls)


def test_kill_under_load(office):
    """kill -9 in the middle of a stream of letters, five times"""
    import concurrent.futures

    for _ in range(5):
        names = []
        for _ in range(12):
            office.number += 1
            names.append(f"crash-{office.number}")

        def send(name):
            address = f"{name}@valid.lab"
            return name, office.send(address, letter(address, name=name), clients.python)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            running = [pool.submit(send, n) for n in names]
            concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            os.kill(office.daemon.program.pid, signal.SIGKILL)
            told = dict(r.result() for r in running)
        office.daemon.program.stop()
        tap.equal(check(office, told), [], "letters lost or doubled")


if __name__ == "__main__":
    tap.main(Mortal)
