# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An office under load: mail programs that hand over letters of every fate and remember what they
were told, and a provider that remembers what came. For tests of promises 2 and 3."""

import re
import smtplib
import threading

import clients
from office import Office, letter
from smtp_faults import FaultServer

HOST = "mail.faulty.lab"
ADDRESS = "127.0.0.77"

# Letters of one mail program in one round; the whole stays below what `log` shows at once.
LOAD = 30

# Who gets mail: sent, held, refused by the provider, put off by it, refused by ourselves.
KINDS = ["bob@dane.lab", "eve@plain.lab", "no@valid.lab", "late@valid.lab", "ann@sts.lab", "x@null.lab"]

# Every other round of them is too large for the spool's log.
LARGE = "Dear Bob, much is to be said.\r\n" * 3000


class Letters:
    """What the mail programs know of each letter that they handed over."""

    def __init__(self, office, login):
        self.office = office
        self.login = login
        self.lock = threading.Lock()
        self.accepted, self.refused, self.unanswered = {}, {}, {}
        self.number = 0
        self.stop = threading.Event()

    def new(self):
        with self.lock:
            self.number += 1
            n = self.number
        return f"kill{n}", KINDS[n % len(KINDS)]

    def submit(self, name, recipient):
        large = {"body": LARGE} if int(name[4:]) // len(KINDS) % 2 else {}
        content = letter(recipient, name=name, sender="anna@faulty.lab", **large)
        try:
            with smtplib.SMTP(clients.HOST, clients.SMTP, timeout=60) as client:
                client.login(self.login["username"], self.login["password"])
                client.sendmail("anna@faulty.lab", [recipient], content)
        except smtplib.SMTPRecipientsRefused as e:
            self.refused[name] = (recipient, *e.recipients[recipient])
            return True
        except smtplib.SMTPResponseException as e:
            self.refused[name] = (recipient, e.smtp_code, e.smtp_error)
            return True
        except (OSError, smtplib.SMTPException):
            self.unanswered[name] = recipient
            return False
        self.accepted[name] = recipient
        return True

    def load(self, count=LOAD, lasting=False):
        """Bounded: what was not hit by then is not hit in this round. @lasting: a connection that
        was lost is followed by another one."""
        for _ in range(count):
            if self.stop.is_set() or not (self.submit(*self.new()) or lasting):
                return

    def put_off(self):
        """Takes out what was answered 4xx, for the mail program to try again: name -> recipient."""
        late = {n: r for n, (r, code, _) in self.refused.items() if code < 500}
        for name in late:
            del self.refused[name]
        return late

    def repeat(self):
        """What got no answer is submitted again, the same bytes."""
        again, self.unanswered = self.unanswered, {}
        for name, recipient in again.items():
            if not self.submit(name, recipient):
                raise AssertionError(f"{name} cannot be submitted after the restart")


class Loaded(Office):
    def __init__(self, folder):
        super().__init__(folder)
        self.world.zones.zone("faulty.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")
        certificate = self.world.ca.issue(HOST)
        self.server = FaultServer(
            certificate, address=ADDRESS, port=465, implicit=True, users={"anna@faulty.lab": "secret"},
            faults={"rcpt no@valid.lab": "550 5.1.1 nobody", "rcpt late@valid.lab": "451 4.2.0 later"},
        )  # fmt: skip

    def __enter__(self):
        self.server.__enter__()
        super().__enter__()
        self.account = self.daemon.add_account(
            "anna@faulty.lab", f"{HOST}:465", security="tls", password="secret"
        )
        return self

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.server.__exit__(*arguments)

    def arrived(self):
        """How often each letter came to the provider and was answered with 250."""
        times = {}
        for one in list(self.server.letters):
            name = re.search(r"Message-ID: <(kill\d+)@", one["content"])
            if name:
                times[name.group(1)] = times.get(name.group(1), 0) + 1
        return times


def settle(office):
    """Until nothing is under way: what waits for a retry may wait."""
    office.daemon.wait_letters(
        lambda found: not any(x["state"] in ("checking", "sending") for x in found) or not found,
        "nothing is under way",
    )


def states(office):
    found = {}
    for record in office.daemon.letterlock("log", "--json", "--limit", "1000"):
        name = re.match(r"<(kill\d+)@", record["message_id"] or "")
        if name:
            found.setdefault(name.group(1), []).append(record["state"])
    return found
