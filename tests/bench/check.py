# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""check: 1, 10 and 100 domains behind 50 ms round trip, beside posttls-finger, which looks at less:
neither DNSSEC nor MTA-STS.

Each time other domains, unsigned ones below a signed zone, each with a server of its own; only the
zones above them are known already. `letterlock preview` gives the verdict that a letter waits for;
`letterlock check` waits one round trip more, for what the server offers once TLS is up. The far
end works on the same processors, so that growth is the cost of both ends.
"""

import contextlib
import os
import subprocess
import time

from far import RTT, Far, server
from peers import missing, settle
from process import sbin
from table import Table, Targets, median, ratio

COUNTS = (1, 10, 100)
# CPU of one look (facts: a full handshake is 1.1 ms of it)
LOOK = 1.3
SERIAL_MAX = 10  # posttls-finger one after another: a hundred take more than a minute
# one look is over soon, and so is an answer from memory: medians over so many in each round
OFTEN = 5
LOOKS = COUNTS[:1] * OFTEN + COUNTS[1:]
SETTLED = 1  # seconds: what was looked at has been left


class Domains:
    """Names that nobody has asked for yet."""

    def __init__(self, count):
        self.names = [f"d{n:04}.lab" for n in range(count)]
        self.at = 0

    def zones(self, lab):
        hosts = []
        for number, name in enumerate(self.names):
            lab.zone(name, f"@ MX 10 h{number}.hoster.lab.\n", signed=False)
            hosts.append(f"h{number} A {server(number)}\n")
        lab.zones["hoster.lab"].text += "".join(hosts)

    def take(self, count):
        self.at += count
        return self.names[self.at - count : self.at]


def timed(command, **more):
    """(milliseconds, status)"""
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, check=False, timeout=600, **more)
    return (time.monotonic() - began) * 1000, done.returncode


def letterlock(daemon, *arguments):
    program = os.path.join(os.environ["LETTERLOCK_BINARIES"], "cli", "letterlock")
    more = {"env": daemon.environment, "stdin": subprocess.DEVNULL}
    milliseconds, status = timed([program, *arguments], **more)
    if status != 0:
        raise SystemExit(f"letterlock {arguments[0]}: status {status}")
    return milliseconds


class Finger:
    """posttls-finger; at_once() of them by xargs."""

    def __init__(self, site):
        self.config = os.path.join(site.folder, "finger")
        os.makedirs(self.config)
        path = os.path.join(self.config, "main.cf")
        with open(path, "w", encoding="ascii") as file:
            file.write("compatibility_level = 3.6\n")
        settle(path)
        self.options = ["-c", "-l", "verify", "-F", site.ca.file]

    def at_once(self, names, how_many):
        command = ["xargs", "-P", str(how_many), "-n", "1", sbin("posttls-finger"), *self.options]
        environment = {**os.environ, "MAIL_CONFIG": self.config}
        milliseconds, status = timed(command, input="\n".join(names).encode(), env=environment)
        return milliseconds if status == 0 else None


class Figures:
    def __init__(self):
        self.found = {}

    def add(self, name, count, value):
        self.found.setdefault(name, {}).setdefault(count, []).append(value)

    def get(self, name, count):
        return median(self.found.get(name, {}).get(count, []))


def with_daemon(number, site, far, domains, figures):
    with site.daemon(f"check-{number}", network=far.network()) as daemon:
        site.through(daemon)
        daemon.try_letterlock("check", *domains.take(1))
        figures.add("status", 1, letterlock(daemon, "status"))
        for count in LOOKS:
            looked = domains.take(count)
            before = daemon.program.cpu()
            figures.add("check", count, letterlock(daemon, "check", "--json", *looked))
            figures.add("cpu", count, (daemon.program.cpu() - before) * 1000 / count)
            figures.add("check again", count, letterlock(daemon, "check", "--json", *looked))
        for count in LOOKS:
            addresses = ["someone@" + name for name in domains.take(count)]
            figures.add("verdict", count, letterlock(daemon, "preview", "--json", *addresses))
        time.sleep(SETTLED)
        for count in COUNTS * OFTEN:
            known = addresses[:count]
            figures.add("known", count, letterlock(daemon, "preview", "--json", *known))


def one_round(number, site, far, domains, figures, posttls):
    with_daemon(number, site, far, domains, figures)
    alone = site.daemon(f"alone-{number}", network=far.network())
    for count in COUNTS:
        looked = domains.take(count)
        figures.add("alone", count, letterlock(alone, "check", "--json", *looked))
        if posttls is None:
            continue
        figures.add("xargs", count, posttls.at_once(looked, 100))
        if count <= SERIAL_MAX:
            figures.add("one by one", count, posttls.at_once(looked, 1))


ROWS = {
    "verdict": "letterlock preview: the verdict",
    "check": "letterlock check: REQUIRETLS, too",
    "check again": "letterlock check, DNS known",
    "alone": "letterlock check, no daemon, nothing known",
    "known": "letterlock preview, all known",
    "status": "letterlock status: the program's start alone",
    "one by one": "posttls-finger, one after another",
    "xargs": "posttls-finger, xargs -P100",
}


def judge(figures):
    targets = Targets("check")
    cores = os.cpu_count()
    for name, trips in (("verdict", 7), ("check", 8)):
        one = figures.get(name, 1)
        targets.at_most(f"{name} of 1 domain", one, trips * RTT + 15, " ms")
        for count in COUNTS[1:]:
            value = figures.get(name, count)
            bound = 1.1 * one + count * LOOK / cores
            targets.at_most(f"{name} of {count} domains", value, bound, " ms")
            targets.at_most(
                f"{name} of {count} domains, x xargs -P100",
                ratio(value, figures.get("xargs", count)), 0.5,
            )  # fmt: skip
    more = figures.get("known", 100) - figures.get("known", 1)
    targets.at_most("99 more known domains", more, 5, " ms")
    targets.show()


def series(site, rounds):
    domains = Domains((1 + 2 * sum(LOOKS) + sum(COUNTS)) * rounds)
    figures = Figures()
    with contextlib.ExitStack() as stack:
        far = stack.enter_context(Far(site, domains.zones))
        posttls = None
        if "Postfix" not in missing():
            posttls = Finger(site)
        for number in range(rounds):
            one_round(number, site, far, domains, figures, posttls)
    columns = [word for count in COUNTS for word in (f"{count}: ms", f"{count}: RTT")]
    table = Table("check", "domains behind 50 ms", [*columns, "ms a domain, 10 to 100"], "what")
    for name, shown in ROWS.items():
        times = [figures.get(name, count) for count in COUNTS]
        cells = [cell for t in times for cell in (t, ratio(t, RTT))]
        grown = (times[2] - times[1]) / (COUNTS[2] - COUNTS[1]) if times[2] and times[1] else None
        table.add(shown, *cells, grown)
    table.show()
    costs = Table("check", "processor time", [f"{c}: ms a domain" for c in COUNTS])
    costs.add("letterlockd, check", *(figures.get("cpu", count) for count in COUNTS))
    costs.show()
    judge(figures)
