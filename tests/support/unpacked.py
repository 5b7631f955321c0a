# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's mail servers exclude each other: a second one is only unpacked, and runs from there."""

import glob
import os
import subprocess

from process import run


def unpack(package, program, folder):
    """Downloads and unpacks the package once; returns the path of its @program ("usr/sbin/x")."""
    path = os.path.join(folder, program)
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(
            ["apt-get", "-q", "download", package], cwd=folder, check=True,
            capture_output=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        run(["dpkg", "-x", glob.glob(os.path.join(folder, package + "*.deb"))[0], folder])
    return path
