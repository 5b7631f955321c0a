# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An office whose daemon has a GnuPG of its own, for tests that lock."""

import contextlib

from gnupg import GnuPG
from office import Office


class Keyed:
    """What is opened on @stack ends after the office, in the reverse order, even if that does not
    start. @environment: more of the daemon's."""

    def __init__(self, folder, kind=Office, **environment):
        self.stack = contextlib.ExitStack()
        self.gnupg = self.home()
        self.office = kind(folder, environment={"GNUPGHOME": self.gnupg.home, **environment})

    def home(self):
        """Somebody else's GnuPG."""
        return self.stack.enter_context(GnuPG())

    def prepare(self):
        """What has to be there before the daemon starts."""

    def __enter__(self):
        try:
            self.prepare()
            self.stack.enter_context(self.office)
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *_):
        self.stack.close()

    def arrived(self, name):
        return self.office.arrived(name)
