# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""memory: of all processes of a relay, at rest and at work, and what wakes it when there is nothing
to do. PSS shares each page among those who map it; anonymous is what the program made itself."""

import os
import time

import panel
import peers
from daemon import binary
from desktop import Desktop
from gnupg import GnuPG
from measure import Peak, Tree, load, wake_ups
from table import Table, Targets

MB = 1024 * 1024
SETTLED = 5  # seconds: what closes a second after the last letter is closed
IDLE = 20
ALL = [peers.Stunnel, peers.PostfixRelay, peers.Exim]


def measure(site, name, target, tree):
    fresh = tree.memory()
    load(target, site.arrivals, clients=1, letters=5, size=4096)
    time.sleep(SETTLED)
    idle = tree.memory()
    awake = wake_ups(tree.pid, IDLE)
    grown = []
    for size in (25 * MB, 200 * MB):
        time.sleep(1)
        before = tree.memory()
        with Peak(tree.pid) as large:
            done = load(target, site.arrivals, clients=1, letters=1, size=size)
        grown.append(large.anonymous - before[1] if done else None)
    with Peak(tree.pid) as crowd:
        load(target, site.arrivals, clients=64, letters=4, size=4096)
    return [name, fresh[1], *idle, crowd.pss, crowd.anonymous, *grown, awake]


def was_locked(letters, count):
    fates = [(x["state"], x["recipients"][0]["method"]) for x in letters]
    return fates == [("sent", "pgp")] * count


def measure_locked(site):
    """How much more the daemon, its worker and gpg take while 200 MB are locked with PGP."""
    with GnuPG() as gnupg:
        gnupg.generate("someone@practice.lab")
        environment = {"GNUPGHOME": gnupg.home}
        with site.daemon("locked", environment, policy={"mode": "encrypt"}) as daemon:
            target = site.through(daemon)
            load(target, site.arrivals, clients=1, letters=1, size=4096)
            daemon.wait_letters(lambda letters: was_locked(letters, 1), "the small letter is gone")
            before = daemon.program.memory()[1]
            with Peak(daemon.program.pid) as large:
                load(target, site.arrivals, clients=1, letters=1, size=200 * MB)
                daemon.wait_letters(lambda letters: was_locked(letters, 2), "the large one is gone")
            return large.anonymous - before


def measure_tray(site):
    """(PSS, wake-ups) of the icon in a real panel, at rest."""
    with site.daemon("icon") as daemon, Desktop(os.path.join(site.folder, "desktop")) as desktop:
        site.through(daemon)
        with panel.Panel(desktop) as shown:
            tray = Tree(
                "letterlock-tray", [binary("letterlock-tray")], os.path.join(site.folder, "tray.log"),
                env={**daemon.environment, **desktop.environment},
            )  # fmt: skip
            try:
                tray.wait_until(shown.item, "its icon is in the panel")
                time.sleep(SETTLED)
                return tray.memory()[0], wake_ups(tray.pid, IDLE)
            finally:
                tray.stop()


def series(site, _rounds):
    table = Table(
        "memory", "memory in MB",
        ["anon at start", "PSS idle", "anon idle", "PSS, 64 clients", "anon, 64 clients",
         "anon + for 25 MB", "anon + for 200 MB", f"wake-ups in {IDLE} s"],
    )  # fmt: skip
    with site.daemon() as daemon:
        ours = measure(site, "Letterlock", site.through(daemon), daemon.program)
    table.add(*ours)
    locked = measure_locked(site)
    tray = measure_tray(site)
    missing = peers.missing()
    for kind in ALL:
        if kind.name not in missing:
            with kind(site) as peer:
                table.add(*measure(site, kind.name, peer.target, peer.program))
    table.show()
    targets = Targets("memory")
    targets.at_most("anonymous, idle", ours[3], 6, " MB")
    targets.at_most("anonymous, 64 clients", ours[5], 14, " MB")
    targets.at_most("anonymous, more for a letter of 25 MB", ours[6], 4, " MB")
    targets.at_most("anonymous, more for a letter of 200 MB", ours[7], 4, " MB")
    targets.at_most("anonymous, more for 200 MB that are locked, with worker and gpg", locked, 16, " MB")
    targets.at_most(f"wake-ups in {IDLE} s, nothing queued", ours[8], 0)
    targets.at_most("tray, PSS, idle", tray[0], 12, " MB")
    targets.at_most(f"tray, wake-ups in {IDLE} s, nothing new", tray[1], 0)
    targets.show()
