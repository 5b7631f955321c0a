# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Evolution that sent by itself, set up by `letterlock setup evolution` alone, and given back by
`letterlock undo`. Its data server and gnome-keyring are real, too."""

import contextlib
import os

import tap
from daemon import binary
from desktop import Desktop
from keyring import Keyring
from provider import NAME, PASSWORD, USER
from steps import KILL, NO_SPACE, cut_short
from world import World

NEW = "letterlock-practice-transport"


class Practice:
    """Anna sends with Evolution to her provider; Letterlock is installed, and knows nothing yet."""

    def __init__(self, folder, stack):
        import evolution

        if not evolution.Evolution.is_there():
            raise tap.Skip("there is no Evolution")
        self.world = stack.enter_context(World(folder))
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        self.keyring = stack.enter_context(Keyring(os.path.join(folder, "keyring"), self.desktop.bus))
        self.daemon = stack.enter_context(self.world.daemon(bus=self.desktop.bus.address))
        self.evolution = evolution.Evolution(os.path.join(folder, "evolution"), self.desktop, self.daemon.environment)
        self.add_account()
        self.evolution.save_password("practice-transport", PASSWORD)

    def add_account(self, **more):
        self.evolution.add_account("practice", USER, NAME, 465, USER, **more)

    def set_up(self, *more, **how):
        return self.daemon.letterlock("setup", "evolution", "--yes", *more, **how)

    def undo(self):
        """What it says. Letters that wait are another test's business."""
        done = self.daemon.try_letterlock("undo")
        tap.true("Evolution is running" not in done.stderr and "keyring" not in done.stderr, done.stderr)
        return done.stdout

    def forget_anna(self):
        if self.daemon.letterlock("account", "list", "--json"):
            self.daemon.letterlock("account", "remove", "anna", "--force")

    def kept(self):
        folder = os.path.join(self.daemon.state, "setup")
        return os.listdir(folder) if os.path.exists(folder) else []

    def contents(self):
        """Every file of Evolution's that is of our business."""
        found = {}
        data = self.daemon.environment["XDG_DATA_HOME"]
        for folder in (self.evolution.sources, os.path.join(data, "camel_certs"), os.path.join(data, "evolution")):
            for name in os.listdir(folder) if os.path.exists(folder) else []:
                path = os.path.join(folder, name)
                if name.endswith(".source") or "cert" in path:
                    with open(path, "rb") as file:
                        found[path] = (file.read(), os.stat(path).st_mode)
        return found

    def source(self, uid):
        with open(os.path.join(self.evolution.sources, f"{uid}.source"), encoding="utf-8") as file:
            return file.read()

    def records(self, recipient):
        return [x for x in self.daemon.letters() if recipient in [r["address"] for r in x["recipients"]]]

    def arrived(self, subject):
        return [x for x in self.world.provider.letters() if f"Subject: {subject}".encode() in x]


@contextlib.contextmanager
def practice(folder):
    with contextlib.ExitStack() as stack:
        yield Practice(folder, stack)


def test_sends_and_back(lab):
    """Set up, a real Evolution sends through Letterlock without a question; undone, past it again"""
    with lab.evolution:
        sends_and_back(lab)


def sends_and_back(lab):
    lab.evolution.send("una@dane.lab", "Before", accepts=True)
    tap.equal(len(lab.arrived("Before")), 1, "without Letterlock")
    before = lab.contents()
    lab.set_up("--json")
    tap.true(lab.evolution.registry_says(f"TransportUid={NEW}"), "its data server knows")
    lab.evolution.send("kim@dane.lab", "Through")
    lab.daemon.wait_letters(lambda _: lab.arrived("Through"), "it arrives")
    (letter,) = lab.records("kim@dane.lab")
    tap.equal([r["method"] for r in letter["recipients"]], ["tls"], "by Letterlock")
    said = lab.undo()
    tap.true("Evolution sends as it did before" in said and "stays" not in said, said)
    tap.true(not lab.evolution.registry_says(f"TransportUid={NEW}"), "its data server knows")
    tap.equal(lab.contents(), before, "every file")
    tap.equal(lab.keyring.items(**{"e-source-uid": NEW}), [], "passwords of ours")
    lab.evolution.send("lee@dane.lab", "Past")
    tap.equal(len(lab.arrived("Past")), 1, "past Letterlock")
    tap.equal(lab.records("lee@dane.lab"), [], "records")


def test_running(lab):
    """While Evolution runs, both ways are refused, and nothing is changed"""
    with lab.evolution:
        running(lab)


def running(lab):
    before = lab.contents()
    lab.evolution.start()
    done = lab.daemon.try_letterlock("setup", "evolution", "--yes")
    tap.true(done.returncode == 1 and "Evolution is running" in done.stderr, done.stderr)
    tap.equal(lab.kept(), [], "what is kept")
    lab.evolution.quit()
    tap.equal(lab.contents(), before, "every file")
    lab.set_up()
    lab.evolution.start()
    done = lab.daemon.try_letterlock("undo")
    tap.true(done.returncode == 1 and "Evolution is running" in done.stderr, done.stderr)
    lab.evolution.quit()
    lab.undo()


def test_back_byte_for_byte(lab):
    """undo gives back every byte, and the password that Evolution has was never touched"""
    before = lab.contents()
    said = lab.set_up()
    tap.true("Not covered" in said and PASSWORD not in said and "signed in" in said, said)
    tap.true(f"TransportUid={NEW}\n" in lab.source("practice-identity"), "the identity")
    new = lab.source(NEW)
    for line in ("Host=localhost", "Port=1465", "Method=PLAIN", "Method=ssl-on-alternate-port", "Parent=practice"):
        tap.true(line in new, new)
    done = lab.daemon.try_letterlock("setup", "evolution", "--yes")
    tap.true(done.returncode == 1 and "was set up before" in done.stderr, done.stderr)
    lab.undo()
    tap.equal(lab.contents(), before, "every file")
    tap.equal(lab.kept(), [], "what is kept")
    tap.equal(len(lab.keyring.items(**{"e-source-uid": "practice-transport"})), 1, "its own password")


def test_killed_in_setup(lab):
    """kill -9 at each step of setup: undo gives back every byte"""
    fails_everywhere(lab, KILL)


def test_full_disk_in_setup(lab):
    """No space at each step of setup: undo gives back every byte"""
    fails_everywhere(lab, NO_SPACE)


def fails_everywhere(lab, how):
    before = lab.contents()
    seen = set()
    for step, was_cut in cut_short(lab.daemon, ["setup", "evolution", "--yes"], how):
        after = lab.contents()
        if was_cut:
            seen.add(sum(before.get(x) != after.get(x) for x in {*before, *after} if not x.endswith(".letterlock")))
        lab.undo()
        tap.equal(lab.contents(), before, f"every file after {step}")
        tap.equal(lab.kept(), [], f"what is kept after {step}")
        tap.equal(lab.keyring.items(**{"e-source-uid": NEW}), [], f"passwords after {step}")
    # from nothing to everything: certificate, list of certificates, transport, identity
    tap.equal(seen, {0, 1, 2, 3, 4}, f"how much was changed, up to {step}")


def test_killed_in_undo(lab):
    """kill -9 at each step of undo: the next undo gives back every byte"""
    before = lab.contents()
    cuts = 0
    for step, was_cut in cut_short(lab.daemon, ["undo"], before=lab.set_up):
        cuts += was_cut
        lab.undo()
        tap.equal(lab.contents(), before, f"every file after {step}")
        tap.equal(lab.kept(), [], f"what is kept after {step}")
    tap.true(cuts > 12, f"it has {cuts} steps")


def test_only_what_is_ours(lab):
    """What was changed since stays, and is named where it matters; the rest goes back"""
    before = lab.source("practice-identity")
    lab.set_up()
    path = os.path.join(lab.evolution.sources, "practice-identity.source")
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n[Signature]\nMimeType=text/plain\n")
    with open(os.path.join(lab.evolution.sources, f"{NEW}.source"), "a", encoding="utf-8") as file:
        file.write("\n[Offline]\nStaySynchronized=false\n")
    lab.undo()
    now = lab.source("practice-identity")
    tap.true("TransportUid=practice-transport\n" in now and "[Signature]" in now, now)
    tap.true(not os.path.exists(os.path.join(lab.evolution.sources, f"{NEW}.source")), "our transport")
    lab.set_up()
    with open(path, "w", encoding="utf-8") as file:
        file.write(before.replace("TransportUid=practice-transport", "TransportUid=other"))
    said = lab.undo()
    tap.true("practice-identity.source stays" in said and "as it did before" not in said, said)
    tap.true("TransportUid=other\n" in lab.source("practice-identity"), "somebody else's choice")
    lab.add_account()


def test_passwords_and_others(lab):
    """Aliases, no saved password, OAuth2, and a transport that is managed elsewhere"""
    lab.forget_anna()
    lab.keyring.forget(**{"e-source-uid": "practice-transport"})
    lab.add_account(aliases="Anna <info@provider.lab>, shop@provider.lab", security="starttls-on-standard-port")
    lab.evolution.add_account("cloud", "anna@cloud.lab", "smtp.cloud.lab", 587, "anna@cloud.lab", method="Google")
    os.remove(os.path.join(lab.evolution.sources, "practice-transport.source"))
    done = lab.daemon.try_letterlock("setup", "evolution", "--yes")
    tap.true(done.returncode == 1 and "it is no SMTP server" in done.stderr, done.stderr)
    tap.true("signs in with OAuth2" in done.stderr, done.stderr)
    lab.add_account(aliases="Anna <info@provider.lab>, shop@provider.lab")
    done = lab.daemon.try_letterlock("setup", "evolution", "--yes")
    tap.true(done.returncode == 2 and f"Password of {USER} at {NAME}" in done.stderr, done.stderr)
    tap.equal(lab.kept(), [], "what is kept")
    lab.set_up("--password-stdin", text=PASSWORD + "\n")
    (account,) = lab.daemon.letterlock("account", "show", "anna", "--json")
    tap.equal(account["addresses"], [USER, "info@provider.lab", "shop@provider.lab"], "addresses")
    lab.undo()


def test_by_clicking(lab):
    """In the window: the plan is shown, which changes nothing; it is set up by a click"""
    lab.forget_anna()
    lab.add_account()
    lab.evolution.save_password("practice-transport", PASSWORD)
    before = lab.contents()
    path = f"{os.path.dirname(binary('letterlock'))}:/usr/bin:/bin"
    with lab.desktop.window(lab.daemon, PATH=path) as window:
        window.press("I write with Evolution")
        window.wait_text(f"{NAME}:465")
        tap.equal(lab.contents(), before, "every file")
        window.picture(os.path.join(os.environ.get("LETTERLOCK_PICTURES", lab.daemon.folder), "setup-evolution.png"))
        window.press("Next")
        window.wait_text("Signing in at your provider works")
        window.press("Next")
        window.wait_text("Evolution sends through Letterlock from its next start on. Letters always leave")
        window.press("Done")
    tap.true(f"TransportUid={NEW}\n" in lab.source("practice-identity"), "the identity")
    lab.undo()
    tap.equal(lab.contents(), before, "every file")


if __name__ == "__main__":
    tap.main(practice)
