# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's browser: curl, which agrees at once and is led back to where it came from; or one that
only remembers what it was told to open."""

import os

ENTRY = """[Desktop Entry]
Type=Application
Name=Browser
Exec={program} %u
MimeType=x-scheme-handler/https;
"""
AT_ONCE = """#!/bin/sh
exec curl --silent --location --cacert {authority} --output {folder}/page "$1"
"""
NEVER = """#!/bin/sh
echo "$1" >{folder}/address
"""


class Browser:
    """Of @daemon's user."""

    def __init__(self, daemon, folder, authority, how=NEVER):
        self.folder = folder
        self.authority = authority
        self.program = os.path.join(folder, "browser")
        applications = os.path.join(daemon.environment["XDG_DATA_HOME"], "applications")
        os.makedirs(applications)
        with open(os.path.join(applications, "browser.desktop"), "w", encoding="ascii") as file:
            file.write(ENTRY.format(program=self.program))
        with open(os.path.join(applications, "mimeapps.list"), "w", encoding="ascii") as file:
            file.write("[Default Applications]\nx-scheme-handler/https=browser.desktop\n")
        self.does(how)

    def does(self, how):
        with open(self.program, "w", encoding="ascii") as file:
            file.write(how.format(folder=self.folder, authority=self.authority))
        os.chmod(self.program, 0o755)

    def opened(self):
        return os.path.exists(os.path.join(self.folder, "address"))
