# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""window: from the start of the program to the first picture of its window, and to the one that
stays; how long a picture stands while it scrolls, also when nobody answers on the bus; memory.

Seen from outside: frames.c looks at what the X server has to show. Drawn by cairo, since GL would
be a program here; without a reader of the screen; files are in the cache of the system from the
second round on. In one round each program has its turn."""

import contextlib
import os
import signal
import subprocess
import time

import many
from daemon import Bus, binary
from desktop import Screen
from measure import Tree, descendants, load, tool
from process import Program
from table import Table, Targets, median, ratio

LETTERS = 100_000
FIRST = 0.5  # of its pixels: a window has its ground, not only its place
LITTLE = 0.003  # of them: a cursor, a spinner, a scroll bar that fades
STILL = 1.5  # seconds: longer than anything takes from one picture to the next
WHEEL = 120  # clicks, about half a leaf
WHEEL_MS = 16
BARE = "a bare list"
FULL = f"Letterlock, {LETTERS} letters"
STANDING = FULL + ", the daemon stands"
EDITOR = "/usr/bin/gnome-text-editor"


class Frames(Program):
    """What is seen on @screen, from now on."""

    def __init__(self, screen):
        log = os.path.join(screen.folder, "frames.log")
        if os.path.exists(log):
            os.remove(log)
        super().__init__("frames", [tool("frames")], log, env={"DISPLAY": screen.display})
        self.wait_until(lambda: self.output().startswith("ready\n"), "it looks")

    def seen(self):
        """[(when, part that is new)]; half a line is for the next time."""
        lines = self.output().split("\n")[1:-1]
        return [tuple(map(float, line.split())) for line in lines]

    def wait_still(self):
        """When the last one came that counts, once it has stood for a while."""

        def still():
            last = max((when for when, part in self.seen() if part > LITTLE), default=None)
            return last if last and time.monotonic() - last > STILL else None

        return self.wait_until(still, "a window that stays")


class Shown(contextlib.ExitStack):
    """A program's window on a screen of its own; @daemon: whom it asks."""

    def __init__(self, site, name, command, daemon=None):
        super().__init__()
        self.daemon = daemon
        self.folder = os.path.join(site.folder, "window-" + name.replace(" ", "-"))
        self.command = command
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": self.folder,
            "XDG_RUNTIME_DIR": self.folder,
            **(daemon.environment if daemon else {}),
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GSETTINGS_BACKEND": "memory",
            "GTK_A11Y": "none",
            "GTK_USE_PORTAL": "0",
            "XDG_DATA_DIRS": "/usr/share",
        }

    def __enter__(self):
        try:
            self._show()
        except BaseException:
            self.close()
            raise
        return self

    def _show(self):
        if self.daemon:
            self.enter_context(self.daemon)
        screen = self.enter_context(Screen(self.folder))
        bus = self.enter_context(Bus(self.folder))
        self.environment["DISPLAY"] = screen.display
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        self.frames = self.enter_context(Frames(screen))
        began = time.monotonic()
        self.program = self.enter_context(
            Tree("window", self.command, os.path.join(self.folder, "log"), env=self.environment)
        )
        last = self.frames.wait_still()
        first = next(when for when, part in self.frames.seen() if part > FIRST)
        self.first, self.complete = (first - began) * 1000, (last - began) * 1000

    def scroll(self):
        """Milliseconds that each picture stood while the wheel was turned."""
        began = time.monotonic()
        subprocess.run(
            ["xdotool", "mousemove", "600", "400", "click", "--repeat", str(WHEEL), "--delay",
             str(WHEEL_MS), "5"],
            env=self.environment, check=True,
        )  # fmt: skip
        ended = time.monotonic()
        times = [when for when, part in self.frames.seen() if began < when < ended and part > 0]
        return [(after - before) * 1000 for before, after in zip(times, times[1:])]


def ledger(site, name, letters):
    """A daemon that has so many."""
    daemon = site.daemon(name)
    with daemon:
        load(site.through(daemon), site.arrivals, clients=1, letters=1, size=4096)
        daemon.wait_state("sent")
    if letters > 1:
        many.fill(daemon, letters - 1)
    return daemon


def windows(site):
    """What is looked at, by its name."""
    found = {
        f"Letterlock, {letters} letters": Shown(
            site, f"of {letters}", [binary("letterlock-gui")], ledger(site, f"with {letters}", letters)
        )
        for letters in (1, LETTERS)
    }
    found[BARE] = Shown(site, BARE, [tool("bare")])
    if os.access(EDITOR, os.X_OK):
        found["gnome-text-editor"] = Shown(site, "editor", [EDITOR])
    return found


def start(shown, rounds):
    """By name: medians of the first picture, the one that stays, PSS, anonymous."""
    table = Table(
        "window", "the window, from its start",
        ["first frame ms", "x bare", "slowest ms", "complete ms", "PSS MB", "anon MB"],
    )  # fmt: skip
    rows = {name: [] for name in shown}
    for _ in range(rounds):
        for name, one in shown.items():
            with one:
                rows[name].append((one.first, one.complete, *one.program.memory()))
    middle = {name: [median(column) for column in zip(*values)] for name, values in rows.items()}
    for name, (first, complete, *memory) in middle.items():
        slowest = max(values[0] for values in rows[name])
        table.add(name, first, ratio(first, middle[BARE][0]), slowest, complete, *memory)
    table.show()
    return middle


@contextlib.contextmanager
def standing(daemon):
    """It answers nobody."""
    pids = descendants(daemon.program.pid)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def scrolling(shown):
    """By name: milliseconds that a picture stood at most."""
    table = Table("window", "while it scrolls", ["frames/s", "median ms", "longest ms"])
    longest = {}

    def measure(name, stood):
        longest[name] = max(stood)
        table.add(name, 1000 * len(stood) / sum(stood), median(stood), longest[name])

    with shown[BARE] as one:
        measure(BARE, one.scroll())
    with shown[FULL] as one:
        measure(FULL, one.scroll())
    with shown[FULL] as one, standing(one.daemon):
        measure(STANDING, one.scroll())
    table.show()
    return longest


def series(site, rounds):
    shown = windows(site)
    middle = start(shown, max(rounds, 5))
    longest = scrolling(shown)
    targets = Targets("window")
    targets.at_most(f"first frame, {LETTERS} letters", middle[FULL][0], 300, " ms")
    targets.at_most(
        "longest picture while it scrolls and the daemon stands, x as if it ran",
        ratio(longest[STANDING], longest[FULL]), 2,
    )  # fmt: skip
    targets.show()
