# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""relay: small letters, over new and over kept connections, one after the other and many at once.

"there" is the time until the letter was at the provider; letters/s counts those that were. The
processor's time is the relay's alone, of all its processes, for one letter.
"""

import concurrent.futures
import contextlib
import mmap
import resource
import struct
import subprocess
import time

import peers
from measure import load
from table import Table, Targets, median, ratio

# what, options of load.c, letters in all
LOADS = [
    ("4 KB, new connections, 1 client", {"clients": 1, "letters": 60, "size": 4096}),
    ("4 KB, new connections, 8 clients", {"clients": 8, "letters": 25, "size": 4096}),
    ("4 KB, new connections, 64 clients", {"clients": 64, "letters": 4, "size": 4096}),
    ("4 KB, kept connections, 1 client", {"clients": 1, "letters": 200, "size": 4096, "kept": True}),
    ("4 KB, kept connections, 8 clients", {"clients": 8, "letters": 60, "size": 4096, "kept": True}),
]
ALL = [
    peers.Stunnel, peers.PostfixRelay, peers.PostfixTuned, peers.Exim, peers.OpenSmtpd, peers.Msmtp,
]  # fmt: skip


def run_msmtp(site, peer, options):
    """One process a letter, so many at once; the same figures as load.c."""
    count = options["clients"] * options["letters"]
    body = b"The quick brown fox jumps over the lazy dog, and so on, to the end.\n"
    with open(site.arrivals, "r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
        run = struct.unpack_from("q", shared, 0)[0] + 1
        struct.pack_into("q", shared, 0, run)
        shared[32 : 32 + 8 * count] = bytes(8 * count)
        began = [0.0] * count
        answered = []

        def send(index):
            letter = f"X-Bench: {run}-{index}\nFrom: doctor@practice.lab\nSubject: load\n\n".encode()
            letter += body * (options["size"] // len(body) + 1)
            began[index] = time.monotonic()
            subprocess.run(peer.command(), input=letter, check=True, capture_output=True)
            answered.append((time.monotonic() - began[index]) * 1000)

        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(options["clients"]) as pool:
            list(pool.map(send, range(count)))
        seconds = time.monotonic() - start
        arrived = [struct.unpack_from("q", shared, 32 + 8 * i)[0] / 1e6 for i in range(count)]
    there = sorted((at - b) * 1000 for at, b in zip(arrived, began) if at > 0)
    answered.sort()
    return {
        "letters": count, "arrived": len(there), "rate": len(there) / seconds, "p50": answered[count // 2],
        "p99": answered[count * 99 // 100], "there50": there[len(there) // 2] if there else None,
        "megabytes": count * options["size"] / seconds / 1e6,
    }  # fmt: skip


class Contestant:
    """One line of the tables."""

    def __init__(self, site, name, target, tree=None, peer=None):
        self.site, self.name, self.target, self.tree, self.peer = site, name, target, tree, peer

    def spent(self):
        if self.peer:
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            return usage.ru_utime + usage.ru_stime
        return self.tree.cpu() if self.tree else None

    def measure(self, options):
        before = self.spent()
        if self.peer:
            figures = run_msmtp(self.site, self.peer, options)
        else:
            figures = load(self.target, self.site.arrivals, **options)
        if figures and before is not None:
            count = options["clients"] * options["letters"]
            figures["cpu"] = (self.spent() - before) * 1000 / count
        if figures:
            figures["lost"] = 1 - figures["arrived"] / figures["letters"]
        return figures


def contestants(site, stack, kinds):
    """Direct, Letterlock and its peers, running."""
    found = [Contestant(site, "direct", site.direct())]
    daemon = stack.enter_context(site.daemon())
    found.append(Contestant(site, "Letterlock", site.through(daemon), daemon.program))
    missing = peers.missing()
    for kind in kinds:
        if kind.name in missing:
            print(f"{kind.name}: not measured: {missing[kind.name]}")
            continue
        peer = stack.enter_context(kind(site))
        one_by_one = peer if kind is peers.Msmtp else None
        found.append(Contestant(site, kind.name, peer.target, peer.program, one_by_one))
    return found


def measure(who, options, rounds):
    """name -> figure -> median over the rounds. In each round all take their turn."""
    results = {one.name: [] for one in who}
    for one in who:
        if not one.peer:  # its connection is warm, the recipient's way is known
            load(one.target, one.site.arrivals, clients=1, letters=2, size=4096)
    for _ in range(rounds):
        for one in who:
            figures = one.measure(options)
            if figures:
                results[one.name].append(figures)
    return {
        name: {key: median(f[key] for f in runs) for key in runs[0]} if runs else {}
        for name, runs in results.items()
    }


def name_of(name, figures):
    """A relay that keeps letters for later is not faster for it."""
    lost = figures.get("lost") or 0
    return f"{name} ({lost:.0%} not there)" if lost else name


def show(series, title, results):
    direct = results["direct"]
    table = Table(
        series, title,
        ["letters/s", "x direct", "p50 ms", "x direct ", "p99 ms", "there p50 ms", "CPU ms"],
    )  # fmt: skip
    for name, figures in results.items():
        table.add(
            name_of(name, figures), figures.get("rate"), ratio(figures.get("rate"), direct.get("rate")),
            figures.get("p50"), ratio(figures.get("p50"), direct.get("p50")), figures.get("p99"),
            figures.get("there50"), figures.get("cpu"),
        )  # fmt: skip
    table.show()


def judge(found):
    one, eight, _, _, kept = (found[name] for name, _ in LOADS)
    targets = Targets("relay")
    ours = "Letterlock"

    def rate(results, name):
        return results.get(name, {}).get("rate")

    def times(results, name):
        return ratio(rate(results, ours), rate(results, name))

    targets.at_most(
        "p50, new connection, 1 client, x direct",
        ratio(one[ours].get("p50"), one["direct"].get("p50")), 0.5,
    )  # fmt: skip
    targets.at_least("letters/s, 1 client, x Postfix tuned", times(one, "Postfix tuned"), 2)
    targets.at_least("letters/s, 8 clients, x Postfix", times(eight, "Postfix"), 6)
    targets.at_least("letters/s, 8 clients, x Postfix tuned", times(eight, "Postfix tuned"), 4)
    targets.at_least("letters/s, kept, 8 clients, x stunnel", times(kept, "stunnel"), 1)
    targets.at_most("CPU for a letter, 8 clients", eight[ours].get("cpu"), 0.5, " ms")
    targets.show()


def series(site, rounds):
    with contextlib.ExitStack() as stack:
        who = contestants(site, stack, ALL)
        found = {}
        for title, options in LOADS:
            # a process a letter keeps no connection
            here = [one for one in who if not (one.peer and options.get("kept"))]
            found[title] = measure(here, options, rounds)
            show("relay", title, found[title])
        judge(found)
