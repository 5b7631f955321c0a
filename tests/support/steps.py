# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that is cut short at each of its steps on disk, after which everything can be undone."""

import itertools
import os
import signal
import subprocess

import tap
from daemon import binary

# strace counts each of them for itself.
CALLS = ("rename", "unlink", "fsync", "fdatasync")
KILL = "signal=SIGKILL"
NO_SPACE = "error=ENOSPC"


def cut_short(daemon, words, how=KILL, before=lambda: None):
    """Runs it again and again, each time cut one step later: yields which, and whether it came to that."""
    for call in CALLS:
        for number in itertools.count(1):
            before()
            was_cut = fails_at(daemon, call, number, words, how)
            yield f"{call} {number}", was_cut
            if not was_cut:
                break


def fails_at(daemon, call, number, words, how):
    log = os.path.join(daemon.folder, "strace.log")
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}",
         "-e", f"inject={call}:{how}:when={number}", binary("letterlock"), *words],
        env={**daemon.environment, "ASAN_OPTIONS": "detect_leaks=0"}, # it wants ptrace for itself
        capture_output=True, check=False,
    )  # fmt: skip
    tap.true(done.returncode in (0, 1, 3, -signal.SIGKILL, 128 + signal.SIGKILL), done)
    with open(log, encoding="utf-8", errors="replace") as file:
        return done.returncode < 0 or done.returncode > 128 or "INJECTED" in file.read()
