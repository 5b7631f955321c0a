# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letterlock in a practice world on this machine; the way in is packaging/try."""

import argparse
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests", "support"), os.path.dirname(os.path.abspath(__file__))]

import clients
import places
import zones
from daemon import Daemon, binary
from process import run

LETTER = """\
From: Anna Practice <{sender}>\r
To: <{recipient}>\r
Subject: A practice letter to {domain}\r
Date: {date}\r
Message-ID: <{domain}.{number}@practice.lab>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
Dear reader,\r
\r
this letter went from a real mail program through Letterlock.\r
"""


def name_server():
    """NSD: the installed one, or Debian's package unpacked beside the build, never installed."""
    if os.access("/usr/sbin/nsd", os.X_OK):
        return "/usr/sbin/nsd"
    folder = os.path.join(TOP, "build", "nsd")
    program = os.path.join(folder, "usr", "sbin", "nsd")
    if not os.path.exists(program):
        os.makedirs(folder, exist_ok=True)
        run(["apt-get", "-q", "download", "nsd"], cwd=folder)
        run(["dpkg", "-x", glob.glob(os.path.join(folder, "nsd_*.deb"))[0], folder])
    return program


def configuration(world, smtp, smtps):
    return {
        "network": {
            "resolvers": [f"{places.DNS}@{places.DNS_PORT}"],
            "trust-anchor": str(world.lab.anchor),
            "ca-file": world.ca.file,
            "allow-private-addresses": True,
            "mx-port": str(places.MX_PORT),
            "https-port": str(places.HTTPS_PORT),
        },
        "listen": {
            "smtp": [f"127.0.0.1:{smtp}", f"[::1]:{smtp}"],
            "smtps": [f"127.0.0.1:{smtps}", f"[::1]:{smtps}"],
        },
    }


def send_letters(login):
    """One letter to each place, with swaks and curl by turns; what each program was told."""
    date = subprocess.run(["date", "-R"], capture_output=True, text=True, check=True).stdout.strip()
    answers = {}
    for number, domain in enumerate(places.RECIPIENTS, 1):
        letter = LETTER.format(
            sender=places.USER, recipient=f"bob@{domain}", domain=domain, date=date, number=number
        )
        send, name = ((clients.swaks, "swaks"), (clients.curl, "curl"))[number % 2]
        accepted, said = send(login, places.USER, [f"bob@{domain}"], letter.encode())
        answers[domain] = (name, accepted, said)
    return answers


def settled(letters):
    return all(
        r["state"] not in ("checking", "sending", "queued")
        for letter in letters for r in letter["recipients"]
    )  # fmt: skip


def paint(text, colour):
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text


COLOURS = {"sent": 32, "held": 33, "waiting": 33, "refused": 31, "dropped": 31, "failed": 31}


def print_table(letters):
    rows = {}
    for letter in letters:
        for recipient in letter["recipients"]:
            rows[recipient["domain"]] = (letter, recipient)
    print(f"\n{'to':<14}{'what is known':<15}{'bound':<10}{'method':<8}{'state':<10}why")
    for domain, about in places.RECIPIENTS.items():
        if domain not in rows:
            state = paint(f"{'refused':<10}", COLOURS["refused"])
            print(f"{domain:<14}{'–':<15}{'–':<10}{'–':<8}{state}at once; the answer is below")
            continue
        recipient = rows[domain][1]
        state = recipient["state"]
        cells = f"{domain:<14}{recipient['evidence'] or '–':<15}{recipient['bound'] or '–':<10}"
        cells += f"{recipient['method'] or '–':<8}" + paint(f"{state:<10}", COLOURS.get(state, 0))
        print(cells + (recipient["reason"] or ""))
        print(paint(f"{'':<14}({about})", 2))


def print_thunderbird(login, ca):
    print(
        f"""
Try it with Thunderbird (or any mail program), as {places.USER}:
  Account Settings, Outgoing Server, Add:
    server name       localhost
    port              {login.smtps} with SSL/TLS, or {login.smtp} with STARTTLS
    authentication    normal password
    user name         {login.username}
    password          {login.password}
  The certificate is Letterlock's own. To trust it: Settings, Privacy & Security, Manage
  Certificates, Authorities, Import
    {ca}
  Write from {places.USER} to bob@dane.lab, bob@keys.lab, bob@plain.lab, bob@broken.lab ...
"""
    )


def practise(arguments, folder):
    lab = zones.Lab(os.path.join(folder, "dns"))
    lab.nsd_program = name_server()
    with places.Places(folder, lab) as world:
        config = configuration(world, arguments.smtp, arguments.smtps)
        with Daemon(os.path.join(folder, "anna"), config) as daemon:
            show(arguments, world, daemon)


def show(arguments, world, daemon):
    answer = daemon.add_account(
        places.USER, f"{places.PROVIDER_NAME}:{places.SUBMISSION_PORT}", password=places.PASSWORD
    )
    login = clients.Login(
        answer["username"], answer["password"], smtp=arguments.smtp, smtps=arguments.smtps
    )
    print("Sending a letter to each practice recipient, with swaks and curl ...", flush=True)
    answers = send_letters(login)
    daemon.wait_letters(settled, "every letter has its fate")
    letters = daemon.letters()
    print_table(letters)
    refused = [f"  {d}: {said.strip().splitlines()[-1]}" for d, (_, ok, said) in answers.items() if not ok]
    if refused:
        print("\nTold to the mail program at once:", *refused, sep="\n")
    first = next((x["id"] for x in letters if x["state"] == "sent"), None)
    if first:
        print(f"\n$ letterlock show {first}\n{daemon.letterlock('show', first)}")
    print_locked(world)
    taken = len(os.listdir(world.taken))
    print(f"\nThe practice provider took {taken} letters.")
    if arguments.json:
        print(json.dumps({"letters": letters, "taken": taken}))
    if arguments.once:
        return
    print(f"They lie in {world.taken}")
    print_thunderbird(login, certificate(daemon))
    print_shell(daemon)
    print("Ctrl-C ends it and removes everything.", flush=True)
    stop.wait()


def taken_for(world, recipient):
    """What the practice provider has for @recipient, as it came; None: nothing."""
    for path in glob.glob(os.path.join(world.taken, "*.eml")):
        with open(path, "rb") as file:
            letter = file.read()
        if f"X-Envelope-To: {recipient}\r\n".encode() in letter:
            return letter
    return None


def print_locked(world):
    """Both sides of the lock: what everybody on the way can read, and what the recipient opens."""
    letter = taken_for(world, "bob@keys.lab")
    start = (letter or b"").find(b"-----BEGIN PGP MESSAGE-----")
    if start < 0:
        return
    subject = next(x for x in letter.decode().splitlines() if x.startswith("Subject:"))
    lines = letter[start:].decode().splitlines()
    opened = world.bob.decrypt(letter[start:]).decode()
    inside = [x for x in opened.splitlines() if x.startswith("Subject:") or "Letterlock" in x]
    print("What those on the way to bob@keys.lab can read of what that letter says:")
    print(f"  {subject}", *(f"  {x}" for x in lines[:4]), "  ...", sep="\n")
    print("What he reads:", *(f"  {x}" for x in inside), sep="\n")


def certificate(daemon):
    """The CA that mail programs are to trust."""
    found = glob.glob(os.path.join(daemon.state, "**", "ca.pem"), recursive=True)
    return found[0] if found else daemon.state


def print_shell(daemon):
    keys = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    words = " ".join(f"{k}={daemon.environment[k]}" for k in keys)
    print(f"The command line, for this practice only:\n  env {words} \\\n    {binary('letterlock')} log\n")


stop = threading.Event()


def main():
    parser = argparse.ArgumentParser(prog="packaging/try", description="Letterlock in a practice world")
    parser.add_argument("--once", action="store_true", help="send the letters, show the table, end")
    parser.add_argument("--json", action="store_true", help="print the letters as JSON too")
    parser.add_argument("--smtp", type=int, default=1587, help="port with STARTTLS (1587)")
    parser.add_argument("--smtps", type=int, default=1465, help="port with TLS (1465)")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    folder = tempfile.mkdtemp(prefix="letterlock-try-")
    try:
        practise(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not arguments.once:
        print("\nAll of it is gone.")


if __name__ == "__main__":
    main()
