# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would survive a power loss at each moment, read from a daemon's system calls (strace): what
was written before a sync began is certain once that sync is over, and nothing else is."""

import os
import re

CALLS = "pwrite64,fdatasync,fsync,rename,write,sendto"
ARGUMENTS = ["-D", "-f", "-qq", "-yy", "-x", "-s", "96", "-e", f"trace={CALLS}"]
LINE = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(\(| resumed>)(.*)$")
# Entries of the spool's log, and the records in them and in journals (spool/states.c).
LETTER, RECORD = 1, 2
ENTRY_HEADER, RECORD_HEADER, FIRST_STATE = 48, 32, 8
SENDING = 4


class Write:
    """A letter that comes in, or a record that it is being sent; of all else the kind is None."""

    def __init__(self, thread, path, kind=None, id=None):
        self.thread, self.path, self.kind, self.id = thread, path, kind, id
        self.written = self.certain = False


def is_sending(record):
    at = RECORD_HEADER + FIRST_STATE
    return int.from_bytes(record[at : at + 4], "little") == SENDING


def entry_of(thread, path, octets):
    kind = int.from_bytes(octets[4:8], "big")
    if kind == RECORD and not is_sending(octets[ENTRY_HEADER:]):
        kind = None
    return Write(thread, path, kind, octets[16:28].decode(errors="replace"))


def name_of(path):
    """letters/ID.letter, letters/ID.journal"""
    return path.rsplit("/", 1)[1].split(".")[0]


class Disk:
    """Follows strace's log line by line."""

    def __init__(self, ours, ignored=()):
        self.ours = ours  # our own ports: what goes to others goes to a provider
        self.ignored = ignored  # calls, as a control: syncs that are believed not to have been
        self.writes, self.open, self.wrong = [], {}, []
        self.replies = self.dots = 0

    def follow(self, lines):
        for line in lines:
            found = LINE.match(line.rstrip("\n"))
            if not found:
                continue
            thread, call, how, rest = found.groups()
            if call in self.ignored:
                continue
            if how == "(":
                self._begin(thread, call, rest)
            if "<unfinished ...>" not in rest:
                self._end(thread, call, succeeded=not re.search(r"= (-1|\?)", rest))
        return self

    def _begin(self, thread, call, rest):
        if call == "pwrite64" and "/spool/log." in rest:
            self._writes(entry_of(thread, path(rest), octets(rest)))
        elif call == "pwrite64" and path(rest).endswith(".journal"):
            kind = RECORD if is_sending(octets(rest)) else None
            self._writes(Write(thread, path(rest), kind, name_of(path(rest))))
        elif call == "rename" and '.letter"' in rest:
            to = rest.split('"')[3]
            self._writes(Write(thread, os.path.dirname(to), LETTER, name_of(to)))
        elif call in ("fdatasync", "fsync"):
            self.open[thread] = [x for x in self.writes if x.written and x.path == path(rest)]
        else:
            self.open[thread] = []
            self._says(thread, rest)

    def _writes(self, write):
        self.writes.append(write)
        self.open[write.thread] = [write]

    def _end(self, thread, call, succeeded):
        for write in self.open.pop(thread, []):
            if call in ("fdatasync", "fsync"):
                write.certain |= succeeded
            else:
                write.written = True

    def _says(self, thread, rest):
        """A mail program hears 2xx, or a provider gets something that may be a dot."""
        if not re.match(r"\d+<TCP", rest):
            return
        own = int(re.search(r":(\d+)->", rest)[1]) in self.ours
        if own and '"250 2.0.0' in rest:
            self.replies += 1
            self._expect(thread, LETTER, "250 was said")
        elif not own:
            self.dots += self._expect(thread, RECORD, "its dot was sent")

    def _expect(self, thread, kind, what):
        """What this thread wrote is certain: in the log, or in files. How many letters that were."""
        ids = {x.id for x in self.writes if x.thread == thread and x.kind == kind}
        certain = {x.id for x in self.writes if x.kind == kind and x.certain}
        self.wrong += [f"{id}: {what}, and a power loss would take it" for id in ids - certain]
        return len(ids)


def path(rest):
    return re.match(r"\d+<([^>]*)>", rest)[1]


def octets(rest):
    return bytes.fromhex("".join(re.findall(r"\\x(..)", rest)))
