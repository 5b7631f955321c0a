# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""packaging/try: shows every practice recipient, and leaves nothing behind."""

import glob
import json
import os
import subprocess
import tempfile

import tap
from daemon import SOURCE

EXPECTED = {
    "dane.lab": "sent",
    "policy.lab": "sent",
    "valid.lab": "sent",
    "mismatch.lab": "sent",
    "selfmade.lab": "sent",
    "old.lab": "held",
    "keys.lab": "sent",
    "plain.lab": "held",
    "broken.lab": "held",
}


def remains():
    return set(glob.glob(os.path.join(tempfile.gettempdir(), "letterlock-*")))


def test_once(_):
    """try --once prints a table of all recipients and removes what it made"""
    before = remains()
    done = subprocess.run(
        [os.path.join(SOURCE, "packaging", "try"), "--once", "--json"], capture_output=True,
        text=True, timeout=500, stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    tap.equal(done.returncode, 0, f"status\n{done.stdout}{done.stderr}\n")
    letters = json.loads(done.stdout.strip().split("\n")[-1])["letters"]
    states = {r["domain"]: r["state"] for x in letters for r in x["recipients"]}
    found = {d: states.get(d) for d in EXPECTED}
    tap.equal(found, EXPECTED, "states")
    locked = next(r for x in letters for r in x["recipients"] if r["domain"] == "keys.lab")
    tap.equal(locked["method"], "pgp", "how it went to who publishes his key")
    tap.true("  Subject: A practice letter to keys.lab" in done.stdout, "he did not open it")
    for domain in (*EXPECTED, "nomail.lab"):
        tap.true(domain in done.stdout, f"{domain} is not in the table")
    tap.equal(remains() - before, set(), "left in the folder for temporary files")


if __name__ == "__main__":
    tap.main()
