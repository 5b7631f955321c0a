# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 2 and 3 under kill -9: before and after every fsync, rename, unlink, write, send and
receive of a daemon under load, several times each. Nothing that was accepted is lost; nothing is
sent twice. strace kills at the chosen call; no failpoint is in the code.

The mail programs do what real ones do: what got no answer is submitted again after the restart.
"""

import fcntl
import os
import signal
import threading
import time

import tap
from load import Letters, Loaded, settle, states
from process import NotReady, wait_until

TIMES = int(os.environ.get("LETTERLOCK_KILLS", "5"))
# System calls at which the daemon dies; how many of a kind one letter needs differs.
CALLS = ["fdatasync", "fsync", "rename", "unlink", "pwrite64", "write", "sendto", "recvfrom", "read"]

# The n-th call of a thread; the first ones of the main thread are those of its start.
WHEN = (1, 2, 3, 2, 4)

def inject(call, when, after, log):
    """The daemon under strace: killed before its @when-th @call (of one thread), or kept in it
    a moment behind its end, and then killed by the test."""
    how = f"delay_exit=100000:when={when}" if after else f"signal=KILL:when={when}"
    # --seccomp-bpf would be faster, and does not inject signals
    return ["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}",
            "-e", f"inject={call}:{how}"]  # fmt: skip


def kill_when_delayed(office, log, threads):
    """Waits for the line of the delayed call and kills the daemon by the id in it."""

    def delayed():
        with open(log, encoding="utf-8", errors="replace") as file:
            for line in file:
                if "(DELAYED)" in line:
                    return int(line.split()[0])
        return None if any(t.is_alive() for t in threads) else "over"

    try:
        thread = wait_until(delayed, "the call", alive=office.daemon.program.alive)
        if thread != "over":
            os.kill(thread, signal.SIGKILL)
    except (NotReady, ProcessLookupError):  # the thread went on, and ended, before we were there
        return False
    return thread != "over"


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(x) for x in file.read().split()]


def end(office):
    """The daemon is gone for certain; strace alone would let it go on."""
    program = office.daemon.program
    if program.alive():
        try:
            for child in children(program.pid):
                os.kill(child, signal.SIGKILL)
        except OSError:
            pass
    program.kill()
    lock = os.path.join(office.daemon.state, "lock")
    with open(lock, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # free as soon as the last thread of it is gone


def one_round(office, letters, call, when, after):
    """Returns whether the point was hit."""
    log = os.path.join(office.folder, "strace.log")
    if os.path.exists(log):
        os.unlink(log)
    office.daemon.wrapper = inject(call, when, after, log)
    try:
        office.daemon.start()
    except (NotReady, AssertionError, OSError):
        pass  # killed while it started: also a point
    threads = [threading.Thread(target=letters.load) for _ in range(2)]
    letters.stop.clear()
    for thread in threads:
        thread.start()
    hit = False
    if after:
        hit = kill_when_delayed(office, log, threads)
    else:
        try:
            wait_until(
                lambda: not office.daemon.program.alive() or not any(t.is_alive() for t in threads),
                "the kill",
            )
            hit = not office.daemon.program.alive()
        except NotReady:
            pass
    letters.stop.set()
    end(office)
    for thread in threads:
        thread.join()
    office.daemon.wrapper = []
    office.daemon.start()
    letters.repeat()
    settle(office)
    check(office, letters)
    office.daemon.stop()
    return hit


def check(office, letters):
    arrived, known = office.arrived(), states(office)
    for name, times in arrived.items():
        tap.true(times == 1, f"{name} was sent {times} times; {known.get(name)}")
    for name in letters.accepted:
        if name in arrived:
            continue
        kept = set(known.get(name, []))
        tap.true(
            kept & {"uncertain", "held", "queued", "waiting", "failed"},
            f"{name} to {letters.accepted[name]} was accepted and is lost: {kept}",
        )


def make(call, after):
    where = "after" if after else "before"

    def test(office):
        letters = Letters(office, office.account)
        letters.number = office.used = getattr(office, "used", 0) + 100000
        if office.daemon.program.alive():
            office.daemon.stop()
        begin, hits = time.monotonic(), 0
        for i in range(TIMES):
            hits += one_round(office, letters, call, WHEN[i % len(WHEN)], after)
        print(f"# {where} {call}: hit {hits} of {TIMES} times, {len(letters.accepted)} letters accepted, "
              f"{time.monotonic() - begin:.0f} s")  # fmt: skip
        tap.true(len(letters.accepted) > 0, "the control: no letter was ever accepted")

    test.__doc__ = f"kill -9 {where} {call}"
    return test


for _call in CALLS:
    for _after in (False, True):
        globals()[f"test_{_call}_{'after' if _after else 'before'}"] = make(_call, _after)


if __name__ == "__main__":
    tap.main(Loaded)
