# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deliberate fault in one file of a copy of the source, for tests of the tests.

A mutation is a file of headed lines ("file:" and others), then the text to find (once) and to put
in its place, each below its own line of "<<<" and ">>>".
"""

import os
import shutil
import subprocess


def read(path):
    with open(path, encoding="utf-8") as file:
        head, rest = file.read().split("<<<\n", 1)
    old, new = rest.split(">>>\n", 1)
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    name = os.path.basename(path).removesuffix(".mutation")
    return {"name": name, "old": old, "new": new, **fields}


def all_in(folder, wanted):
    """Those of the names that are wanted, or all, in order."""
    names = sorted(n.removesuffix(".mutation") for n in os.listdir(folder) if n.endswith(".mutation"))
    for name in wanted:
        if name not in names:
            raise SystemExit(f"there is no mutation {name}; there are {', '.join(names)}")
    return [read(os.path.join(folder, n + ".mutation")) for n in names if not wanted or n in wanted]


def copy_source(top, target):
    """What Git knows, and what is new."""
    names = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=top, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    for name in filter(None, names.split("\0")):
        if os.path.isfile(os.path.join(top, name)):
            os.makedirs(os.path.dirname(os.path.join(target, name)) or target, exist_ok=True)
            shutil.copy2(os.path.join(top, name), os.path.join(target, name))


class Applied:
    """with Applied(source, mutation): the fault is in; is_possible is FALSE if the text is not
    there once, and then nothing is changed."""

    def __init__(self, source, mutation):
        self.path = os.path.join(source, mutation["file"])
        self.mutation = mutation
        with open(self.path, encoding="utf-8") as file:
            self.text = file.read()
        self.is_possible = self.text.count(mutation["old"]) == 1

    def __enter__(self):
        if self.is_possible:
            self.write(self.text.replace(self.mutation["old"], self.mutation["new"]))
        return self

    def __exit__(self, *_):
        self.write(self.text)

    def write(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
