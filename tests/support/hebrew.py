# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A translation that is written from right to left: the German one in Hebrew letters. Nobody can
read it, but it is as complete and as long as a real one, and stands as one would."""

import os
import re
import subprocess

LATIN = "abcdefghijklmnopqrstuvwxyzäöüß"
LETTERS = str.maketrans(LATIN, "אבגדהוזחטיכלמנסעפצקרשתםןףץאבגד")
# Of a msgstr as it stands in the file: conversions, escapes, elements and entities.
KEPT = re.compile(r"(%(?:\d+\$)?[-0-9.]*l?[a-z%]|\\.|<[^>]*>|&[a-z]+;)")
TRANSLATION = re.compile(r'^(msgstr(?:\[\d\])? )((?:".*"\n?)+)', re.M)


def letters(text):
    parts = KEPT.split(text)
    parts[::2] = [part.lower().translate(LETTERS) for part in parts[::2]]
    return "".join(parts)


def write(folder):
    """@folder/he/LC_MESSAGES/letterlock.mo"""
    german = os.path.join(os.path.dirname(__file__), "..", "..", "po", "de.po")
    with open(german, encoding="utf-8") as file:
        header, rest = file.read().split("\n\n", 1)
    hebrew = TRANSLATION.sub(lambda found: found[1] + letters(found[2]), rest)
    place = os.path.join(folder, "he", "LC_MESSAGES")
    os.makedirs(place)
    subprocess.run(
        ["msgfmt", "-o", os.path.join(place, "letterlock.mo"), "-"],
        input=f"{header}\n\n{hebrew}", check=True, text=True, encoding="utf-8",
    )  # fmt: skip
