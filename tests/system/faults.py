# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""System calls that fail in a daemon under load: full and broken disks, too many open files, no
memory for sockets, networks that say no. strace makes them fail in the running daemon and then
leaves it alone; no failpoint is in the code.

While it lasts a mail program hears 4xx with a reason, or its letter is taken. The daemon lives on,
and when it is over every letter that was taken has its fate, none was lost, none sent twice.
"""

import os
import signal
import subprocess
import threading
import time

import tap
from load import Letters, Loaded, settle, states
from process import Program, wait_until

# What fails with what, at which calls of each thread: FIRST+STEP. A letter needs many of some, and
# few of others. Not `write`: threads wake each other with it, and that never fails; a full disk
# that is one stands in misfortunes.py.
FAULTS = [
    ("fdatasync", "EIO", "2+3"),
    ("fdatasync", "ENOSPC", "1+2"),
    ("fsync", "EIO", "1+2"),
    ("rename", "ENOSPC", "1+2"),
    ("rename", "EIO", "2+3"),
    ("openat", "EMFILE", "2+5"),
    ("openat", "ENFILE", "2+3"),
    ("openat", "EIO", "3+4"),
    ("pwrite64", "ENOSPC", "2+3"),
    ("pwrite64", "EIO", "1+2"),
    ("pread64", "EIO", "2+3"),
    ("unlink,unlinkat", "EIO", "1+2"),
    ("fallocate", "ENOSPC", "1+2"),
    ("sendto", "ECONNRESET", "4+7"),
    ("sendto", "ENOBUFS", "7+11"),
    ("recvfrom", "ECONNRESET", "6+11"),
    ("recvfrom", "ENOMEM", "9+13"),
    ("socket", "EMFILE", "1+2"),
    ("socket", "ENOMEM", "2+3"),
    ("connect", "ENETUNREACH", "1+2"),
    ("connect", "ECONNREFUSED", "1+3"),
    ("accept4", "EMFILE", "1+2"),
    ("accept4", "ECONNABORTED", "2+3"),
]

LETTERS = 12  # of each of two mail programs while it lasts

# Where a letter may be that the provider does not have; "refused" is the first of two submissions.
RESTS = {"held", "uncertain", "failed", "refused"}


class Failing:
    """While entered, this system call of the daemon fails now and then."""

    def __init__(self, office, call, error, when):
        self.office = office
        self.call = call
        self.log = os.path.join(office.folder, f"strace.log")
        self.arguments = [
            "strace", "-f", "-q", "-o", self.log, "-e", f"trace={call}",
            "-e", f"inject={call}:error={error}:when={when}", "-p", str(office.daemon.program.pid),
        ]  # fmt: skip

    def __enter__(self):
        if os.path.exists(self.log):
            os.unlink(self.log)
        self.strace = Program("strace", self.arguments, self.log + ".said", stop_signal=signal.SIGINT)
        self.strace.wait_until(self._has_every_thread, "it is attached")
        return self

    def _has_every_thread(self):
        tasks = f"/proc/{self.office.daemon.program.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/status", encoding="ascii") as file:
                if f"TracerPid:\t{self.strace.pid}\n" not in file.read():
                    return False
        return True

    def __exit__(self, *_):
        self.strace.stop()

    def hits(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return sum("(INJECTED)" in line for line in file)


def under_load(letters):
    threads = [threading.Thread(target=letters.load, args=(LETTERS, True)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def hears_why(letters):
    """Only 4xx for a fault of ours, and always with a word; 5xx is for who really is refused."""
    for name, (recipient, code, text) in letters.refused.items():
        final = recipient in ("no@valid.lab", "x@null.lab")
        tap.true(code < 500 or final, f"{name} to {recipient} was refused: {code} {text}")
        tap.true(len(text) > 10, f"{name}: {code} {text!r} says nothing")


def goes_on(office, letters):
    """The fault is over: mail programs try again, and waiting letters are sent."""
    for name, recipient in letters.put_off().items():
        tap.true(letters.submit(name, recipient), f"{name} cannot be submitted afterwards")
    letters.repeat()
    office.daemon.letterlock("status")
    settle(office)
    for record in office.daemon.letterlock("queue", "--json"):
        if any(x["state"] in ("waiting", "queued") for x in record["recipients"]):
            office.daemon.try_letterlock("retry", record["id"])
    settle(office)


def nothing_lost(office, letters):
    arrived = office.arrived()

    def wrong():
        known = states(office)
        return [
            f"{name} to {recipient}: arrived {arrived.get(name, 0)} times, {known.get(name)}"
            for name, recipient in letters.accepted.items()
            if not fits(recipient, arrived.get(name, 0), set(known.get(name, [])))
        ]

    def fits(recipient, times, kept):
        if times:
            return times == 1
        resting = {"queued", "waiting"} if recipient == "late@valid.lab" else set()
        return bool(kept) and kept <= RESTS | resting

    def settled():
        arrived.update(office.arrived())
        return not wrong()

    try:
        wait_until(settled, "every letter has its fate")
    except Exception:
        raise AssertionError("\n".join(wrong())) from None
    doubled = {n: t for n, t in office.arrived().items() if t > 1}
    tap.equal(doubled, {}, "letters that were sent twice")


def make(call, error, when):
    def test(office):
        letters = Letters(office, office.account)
        letters.number = office.used = getattr(office, "used", 0) + 100000
        begin = time.monotonic()
        with Failing(office, call, error, when) as failing:
            # a configuration that is read again closes warm connections, which spare some calls
            office.daemon.program.child.send_signal(signal.SIGHUP)
            under_load(letters)
            wait_until(failing.hits, "the control: it fails", alive=office.daemon.program.alive)
        tap.true(office.daemon.program.alive(), "the daemon ended:\n" + office.daemon.log()[-1500:])
        heard = sorted({code for _, code, _ in letters.refused.values()})
        taken = len(letters.accepted)
        hears_why(letters)
        goes_on(office, letters)
        nothing_lost(office, letters)
        print(f"# {call} {error}: hit {failing.hits()} times, {taken} letters taken meanwhile, "
              f"answers {heard}, {time.monotonic() - begin:.0f} s")  # fmt: skip

    test.__doc__ = f"{call} fails with {error}"
    return test


for _call, _error, _when in FAULTS:
    globals()[f"test_{_call.split(',')[0]}_{_error}"] = make(_call, _error, _when)


if __name__ == "__main__":
    tap.main(Loaded)
