# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Thunderbird that sent by itself, set up by `letterlock setup thunderbird` alone, and given
back by `letterlock undo`."""

import os
import pty
import re
import shutil
import subprocess

import certificates
import tap
from daemon import binary
from desktop import Screen
from gnupg import GnuPG
from maildir import as_sent
from process import wait_until
from provider import NAME, PASSWORD, USER
from steps import KILL, NO_SPACE, cut_short
from thunderbird import Thunderbird
from world import World

# Her colleagues' mailbox at the same provider, and further addresses of her own and of theirs.
LAB, LAB_PASSWORD = "lab@provider.lab", "staple of the lab"
TEAM, RESULTS = "team@provider.lab", "results@provider.lab"
BODY = "With the findings.\r\nGrüße aus der Praxis\r\n"
# Where a person's own words are: what setup may touch, and undo has to give back.
OURS = ("prefs.js", "logins.json", "cert9.db", "key4.db")


class Login:
    username, password = USER, PASSWORD


class LabLogin:
    username, password = LAB, LAB_PASSWORD


class Practice:
    """Anna sends with Thunderbird to her provider; Letterlock is installed, and knows nothing yet."""

    def __init__(self, folder):
        if not Thunderbird.is_there():
            raise tap.Skip("there is no Thunderbird")
        self.folder = folder
        self.world = World(folder, users={USER: PASSWORD, LAB: LAB_PASSWORD})
        self.gnupg = GnuPG()
        self.screen = Screen(os.path.join(folder, "screen"))

    def __enter__(self):
        for name in ("to", "cc", "bcc"):
            self.gnupg.generate(f"{name}@plain.lab")
        self.world.__enter__()
        self.screen.__enter__()
        self.daemon = self.world.daemon(environment={"GNUPGHOME": self.gnupg.home}).start()
        self.untouched = os.path.join(self.folder, "untouched")
        self.attachment = os.path.join(self.folder, "findings.bin")
        with open(self.attachment, "wb") as file:
            file.write(bytes(range(256)) * 64)
        first = self.thunderbird("first")
        first.trust(self.world.ca.file)
        with first as program:
            program.add_account(Login, USER, host=NAME, port=465)
            program.quit()
        # the lock that it leaves behind names a process that is gone
        shutil.copytree(first.profile, self.untouched, symlinks=True)
        return self

    def __exit__(self, *arguments):
        self.screen.__exit__()
        self.daemon.__exit__(*arguments)
        self.world.__exit__()
        self.gnupg.__exit__()

    def thunderbird(self, name):
        return Thunderbird(os.path.join(self.folder, name), display=self.screen.display)

    def profile(self, name):
        """A fresh copy of the profile as it was before Letterlock."""
        program = self.thunderbird(name)
        shutil.rmtree(program.profile)
        shutil.copytree(self.untouched, program.profile, symlinks=True)
        program.settle()
        program.identity = "id1"
        return program

    def small(self, name):
        """Those of its files alone that setup looks at, in a new folder."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        for file in (*OURS, ".parentlock", "pkcs11.txt"):
            shutil.copy2(os.path.join(self.untouched, file), folder)
        return folder

    def set_up(self, folder, *more, **how):
        return self.daemon.letterlock(*self.words(folder), *more, **how)

    def words(self, folder):
        return ["setup", "thunderbird", "--profile", folder, "--yes"]

    def undo(self):
        """What it says. Letters that wait are another test's business."""
        done = self.daemon.try_letterlock("undo")
        tap.true("running" not in done.stderr, done.stderr)
        return done.stdout

    def kept(self):
        """What undo would look at."""
        folder = os.path.join(self.daemon.state, "setup")
        return os.listdir(folder) if os.path.exists(folder) else []

    def secrets(self):
        """What for there are secrets."""
        path = os.path.join(self.daemon.state, "secrets")
        with open(path, encoding="ascii") as file:
            return [line.split(" ")[0] for line in file]

    def forget_accounts(self):
        for account in self.daemon.letterlock("account", "list", "--json"):
            self.daemon.letterlock("account", "remove", account["account"], "--force")


def contents(folder):
    found = {}
    for name in OURS:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            found[name] = (file.read(), os.stat(path).st_mode)
    return found


def edit(folder, name, old, new):
    path = os.path.join(folder, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    tap.true(old in text, f"{name} has no {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def trusted(folder):
    done = subprocess.run(
        ["certutil", "-L", "-d", "sql:" + folder], capture_output=True, text=True, check=True
    )
    return done.stdout


# -- what Thunderbird sends, and what it says ---------------------------------------------------------


def arrived(lab, subject):
    return [x for x in lab.world.provider.letters() if f"Subject: {subject}".encode() in x]


def record(lab, recipient):
    """The letter that has this recipient, by whom it is known alone."""
    found = [x for x in lab.daemon.letters() if recipient in [r["address"] for r in x["recipients"]]]
    return found[-1] if found else None


def send(lab, program, subject, domain, who="to,cc,bcc"):
    to, cc, bcc = (x if "@" in x else f"{x}@{domain}" for x in who.split(","))
    return program.send(to, subject, BODY, lab.attachment, cc, bcc), record(lab, to)


def test_five_situations(lab):
    """Set up, it sends to To, Cc and Bcc: delivered, locked, held and released, refused, provider down"""
    program = lab.profile("sends")
    lab.set_up(program.profile)
    with program:
        delivered(lab, program)
        locked(lab, program)
        held(lab, program)
        refused(lab, program)
        provider_down(lab, program)
        program.quit()
    lab.undo()


def delivered(lab, program):
    said, letter = send(lab, program, "Delivered", "dane.lab")
    tap.equal(said, "", "Thunderbird says")
    tap.equal({r["address"]: (r["method"], r["state"]) for r in letter["recipients"]},
              {f"{x}@dane.lab": ("tls", "sent") for x in ("to", "cc", "bcc")}, "delivered")  # fmt: skip
    wait_until(lambda: len(arrived(lab, "Delivered")) == 3, "three copies arrive")
    for copy in map(as_sent, arrived(lab, "Delivered")):
        tap.true(b"to@dane.lab" in copy and b"cc@dane.lab" in copy and b"findings.bin" in copy, copy)
        tap.true(b"bcc@" not in copy, f"Bcc is blind: {copy}")


def locked(lab, program):
    said, letter = send(lab, program, "Locked", "plain.lab")
    tap.equal(said, "", "Thunderbird says")
    tap.equal({r["method"] for r in letter["recipients"]}, {"pgp"}, f"locked: {letter}")
    tap.equal(arrived(lab, "Locked"), [], "letters with a readable subject")


def held(lab, program):
    said, letter = send(lab, program, "Held", "plain.lab", "kim,lee,max")
    tap.equal(said, "", "Thunderbird says")
    tap.equal({r["state"] for r in letter["recipients"]}, {"held"}, "before the decision")
    lab.daemon.letterlock("release", letter["id"], "--anyway")
    lab.daemon.wait_letters(lambda _: record(lab, "kim@plain.lab")["state"] == "sent", "it is released")
    wait_until(lambda: len(arrived(lab, "Held")) == 3, "three copies arrive")


def refused(lab, program):
    said, _ = send(lab, program, "Refused", "dane.lab", "to,none@null.lab,bcc")
    tap.equal(
        re.sub("explain [0-9a-f]+", "explain ID", said),
        "Sending of the message failed.\nAn error occurred while sending mail. The mail server responded:\n"
        "null.lab: this domain accepts no mail at all; not sent (letterlock explain ID).\n"
        'Please check the message recipient "none@null.lab" and try again.', "Thunderbird says",
    )  # fmt: skip
    tap.equal(arrived(lab, "Refused"), [], "letters at the provider")


def provider_down(lab, program):
    lab.world.provider.stop()
    said, letter = send(lab, program, "Down", "dane.lab", "ann,ben,cem")
    lab.world.provider.start()
    tap.equal(said, "", "Thunderbird says")
    tap.true(letter["state"] in ("queued", "waiting", "sending"), letter["state"])
    lab.daemon.letterlock("retry", letter["id"])
    wait_until(lambda: len(arrived(lab, "Down")) == 3, "three copies arrive")


# -- the way back ---------------------------------------------------------------------------------------


def test_back_byte_for_byte(lab):
    """undo gives back every byte when Thunderbird has not run since"""
    folder = lab.small("bytes")
    before = contents(folder)
    names = set(os.listdir(folder))
    said = lab.set_up(folder)
    tap.true("Not covered" in said and PASSWORD not in said, said)
    after = contents(folder)
    for name in OURS:
        tap.true(before[name] != after[name], f"{name} was not changed")
    lab.undo()
    tap.equal(contents(folder), before, "the profile")
    tap.equal(set(os.listdir(folder)), names, "its files")
    tap.equal(lab.kept(), [], "what is kept")


def test_back_after_a_run(lab):
    """undo after Thunderbird ran: it sends as before, without a question, and nothing of ours is left"""
    program = lab.profile("ran")
    lab.set_up(program.profile)
    with program:
        tap.equal(send(lab, program, "Through", "dane.lab", "una,udo,ulf")[0], "", "Thunderbird says")
        program.quit()
    tap.true("Letterlock" in trusted(program.profile), "trusted")
    said = lab.undo()
    tap.true("sends as it did before" in said and "stays" not in said, said)
    tap.true("Letterlock" not in trusted(program.profile), trusted(program.profile))
    for name, word in (("prefs.js", 'hostname", "localhost"'), ("logins.json", "smtp://localhost")):
        with open(os.path.join(program.profile, name), encoding="utf-8") as file:
            tap.true(word not in file.read(), f"{name} has {word}")
    with program:
        tap.equal(send(lab, program, "Past", "dane.lab", "vera,vito,vlad"), ("", None), "past Letterlock")
        program.quit()
    wait_until(lambda: len(arrived(lab, "Past")) == 3, "three copies arrive")


def test_only_what_is_ours(lab):
    """What somebody changed since stays, and is named; the rest goes back"""
    folder = lab.small("changed")
    lab.set_up(folder)
    edit(folder, "prefs.js", 'smtp1.port", 1465', 'smtp1.port", 2525')
    edit(folder, "logins.json", '"timesUsed":1,', '"timesUsed":17,')
    theirs = certificates.self_signed(lab.folder, "theirs.lab")
    subprocess.run(["certutil", "-A", "-d", "sql:" + folder, "-n", "theirs", "-t", "C,,", "-i", theirs.chain],
                   check=True)  # fmt: skip
    said = lab.undo()
    tap.true("mail.smtpserver.smtp1.port stays: it was changed to 2525 since" in said, said)
    tap.true("as it did before" not in said, said)
    with open(os.path.join(folder, "prefs.js"), encoding="utf-8") as file:
        text = file.read()
    tap.true('smtp1.port", 2525' in text and f'smtp1.hostname", "{NAME}"' in text, "prefs.js")
    with open(os.path.join(folder, "logins.json"), encoding="utf-8") as file:
        text = file.read()
    tap.true('"timesUsed":17,' in text and "localhost" not in text, text)
    tap.true("theirs" in trusted(folder) and "Letterlock" not in trusted(folder), trusted(folder))


def test_running(lab):
    """While Thunderbird runs, both ways are refused, and nothing is changed"""
    program = lab.profile("running")
    with program:
        for words in (lab.words(program.profile), [*lab.words(program.profile), "--dry-run"]):
            done = lab.daemon.try_letterlock(*words)
            tap.equal(done.returncode, 1, done.stderr)
            tap.true("Thunderbird is running" in done.stderr, done.stderr)
        tap.equal(lab.kept(), [], "what is kept")
        program.quit()
    edit(program.profile, "prefs.js", NAME, NAME)
    lab.set_up(program.profile)
    with program:
        done = lab.daemon.try_letterlock("undo")
        tap.true(done.returncode == 1 and "Thunderbird is running" in done.stderr, done.stderr)
        program.quit()
    lab.undo()


# -- every step -------------------------------------------------------------------------------------------

def fails_everywhere(lab, name, how):
    """Setup, at each of its steps, and the way back; how many files were changed then."""
    folder = lab.small(name)
    before, names = contents(folder), set(os.listdir(folder))
    seen = set()
    for step, was_cut in cut_short(lab.daemon, lab.words(folder), how):
        if was_cut:
            seen.add(sum(contents(folder)[x] != before[x] for x in OURS))
        lab.undo()
        tap.equal(contents(folder), before, f"the profile after {step}")
        tap.equal(set(os.listdir(folder)), names, f"its files after {step}")
        tap.equal(lab.kept(), [], f"what is kept after {step}")
    # from nothing to everything, one file after the other
    tap.equal(seen, {0, 1, 2, 3, 4}, f"how much was changed, up to {step}")


def test_killed_in_setup(lab):
    """kill -9 at each step of setup: undo gives back every byte"""
    fails_everywhere(lab, "killed", KILL)


def test_full_disk_in_setup(lab):
    """No space at each step of setup: undo gives back every byte"""
    fails_everywhere(lab, "full", NO_SPACE)


def test_killed_in_undo(lab):
    """kill -9 at each step of undo: the next undo gives back every byte"""
    folder = lab.small("killed-back")
    before, names = contents(folder), set(os.listdir(folder))
    cuts = 0
    for step, was_cut in cut_short(lab.daemon, ["undo"], before=lambda: lab.set_up(folder)):
        cuts += was_cut
        lab.undo()
        tap.equal(contents(folder), before, f"the profile after {step}")
        tap.equal(set(os.listdir(folder)), names, f"its files after {step}")
    tap.true(cuts > 12, f"it has {cuts} steps")


# -- passwords ----------------------------------------------------------------------------------------------


def test_no_saved_password(lab):
    """Thunderbird saved none: asked for, and nothing is changed without an answer"""
    folder = lab.small("unsaved")
    lab.set_up(folder)
    lab.undo()
    os.unlink(os.path.join(folder, "logins.json"))
    done = lab.daemon.try_letterlock(*lab.words(folder))
    tap.true(done.returncode == 0, "the account is there, with its password: none is needed")
    lab.undo()
    lab.daemon.letterlock("account", "remove", "anna", "--force")
    done = lab.daemon.try_letterlock(*lab.words(folder))
    tap.true(done.returncode == 2 and f"Password of {USER} at {NAME}" in done.stderr, done.stderr)
    tap.equal(lab.kept(), [], "what is kept")
    said = lab.set_up(folder, "--password-stdin", text=PASSWORD + "\n")
    tap.true(f"Account anna: signed in at {NAME}." in said, said)
    lab.daemon.letterlock("account", "test", "anna")
    lab.undo()
    tap.true(not os.path.exists(os.path.join(folder, "logins.json")), "there is none again")


def typed(lab, folder, *answers):
    """At a terminal: each answer is typed when its question stands there. (status, what it said)"""
    master, slave = pty.openpty()
    said = ""
    with os.fdopen(master, "wb", buffering=0) as terminal, subprocess.Popen(
        [binary("letterlock"), "setup", "thunderbird", "--profile", folder],
        env=lab.daemon.environment, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as child:  # fmt: skip
        os.close(slave)
        for question, answer in answers:
            while not said.endswith(question):
                byte = child.stdout.read(1)
                tap.true(byte, f"it ended before it asked {question}: {said}")
                said += byte.decode(errors="replace")
            terminal.write(answer.encode() + b"\n")
        said += child.stdout.read().decode(errors="replace")
    return child.returncode, said


def test_at_a_terminal(lab):
    """A person is shown what will be done, says no, or says yes and types the password unseen"""
    folder = lab.small("typed")
    os.unlink(os.path.join(folder, "logins.json"))
    lab.forget_accounts()
    status, said = typed(lab, folder, ("[y/N] ", "n"))
    tap.true(status == 1 and "Nothing was changed" in said and lab.kept() == [], said)
    status, said = typed(lab, folder, ("[y/N] ", "y"), (f"Password of {USER} at {NAME}: ", PASSWORD))
    tap.true(status == 0 and "signed in" in said and PASSWORD not in said, said)
    lab.undo()


def test_oauth2(lab):
    """A server with OAuth2 stays as it is, until there is an account for its address"""
    folder = lab.small("oauth2")
    edit(folder, "prefs.js", 'smtp1.authMethod", 3', 'smtp1.authMethod", 10')
    lab.forget_accounts()
    done = lab.daemon.try_letterlock(*lab.words(folder))
    tap.true(done.returncode == 1 and "signs in with OAuth2" in done.stderr, done.stderr)
    lab.daemon.add_account(USER, f"{NAME}:587", password=PASSWORD)
    (set_up,) = lab.set_up(folder, "--json")
    tap.equal((set_up["account"], set_up["port"]), ("anna", 1465), "set up")
    lab.daemon.letterlock("account", "test", "anna")
    lab.undo()


def test_account_with_oauth2(lab):
    """The saved password is none of an account's that signs in with OAuth2 already"""
    folder = lab.small("signed-in")
    lab.forget_accounts()
    lab.daemon.letterlock("account", "add", "--address", USER, "--upstream", f"{NAME}:587", "--oauth2", "own",
                          "--client-id", "x", "--authorization-url", "https://login.lab/a",
                          "--token-url", "https://login.lab/t", "--scope", "mail")  # fmt: skip
    before = lab.secrets()
    (set_up,) = lab.set_up(folder, "--json")
    tap.equal(set_up["account"], "anna", "set up")
    tap.equal(lab.secrets(), before, "secrets")
    lab.undo()
    lab.forget_accounts()


def test_more_addresses(lab):
    """An account that has one of the addresses gets the others, whatever their case"""
    folder = lab.small("addresses")
    lab.forget_accounts()
    other, third = USER.replace("@", ".other@"), USER.replace("@", ".third@")
    lab.daemon.add_account(other, f"{NAME}:587", "--address", third.upper(), "--name", "anna", password=PASSWORD)
    edit(folder, "prefs.js", "mail.account.account1.identities\", \"id1", "mail.account.account1.identities\", \"id1,id9")
    with open(os.path.join(folder, "prefs.js"), "a", encoding="utf-8") as file:
        file.write(f'user_pref("mail.identity.id9.useremail", "{third}");\n'
                   'user_pref("mail.identity.id9.smtpServer", "smtp1");\n')  # fmt: skip
    lab.set_up(folder)
    (account,) = lab.daemon.letterlock("account", "show", "anna", "--json")
    tap.equal([x.lower() for x in account["addresses"]], [other, third, USER], "addresses")
    tap.equal(len(lab.daemon.letterlock("account", "list", "--json")), 1, "accounts")
    lab.undo()
    lab.forget_accounts()


def two_servers(lab, name):
    """Two accounts with a server each, at one host, and two identities each."""
    program = lab.thunderbird(name)
    program.trust(lab.world.ca.file)
    with program:
        program.add_account(Login, USER, host=NAME, port=465)
        program.add_account(LabLogin, LAB, host=NAME, port=465)
        program.quit()
    for number, address in ((1, TEAM), (2, RESULTS)):
        identities = f'mail.account.account{number}.identities", "id{number}'
        edit(program.profile, "prefs.js", identities, f"{identities},id9{number}")
        with open(os.path.join(program.profile, "prefs.js"), "a", encoding="utf-8") as file:
            file.write(f'user_pref("mail.identity.id9{number}.useremail", "{address}");\n'
                       f'user_pref("mail.identity.id9{number}.smtpServer", "smtp{number}");\n'
                       f'user_pref("mail.identity.id9{number}.doFcc", false);\n')  # fmt: skip
    return program


def each_identity_sends(lab, program, prefix, expected):
    """@expected: {identity: (sender, the account that its letter went through)}"""
    with program:
        for identity, (sender, account) in expected.items():
            program.identity = identity
            to = f"{prefix}-{identity}@dane.lab"
            said, letter = send(lab, program, f"{prefix} {identity}", "dane.lab", f"{to},cc-{to},bcc-{to}")
            tap.equal(said, "", f"Thunderbird says to {sender}")
            found = letter and (letter["from"], letter["account"], letter["state"])
            tap.equal(found, (sender, account, "sent") if account else None, f"the letter of {sender}")
            wait_until(lambda: len(arrived(lab, f"{prefix} {identity}")) == 3, f"{sender}'s copies arrive")
        program.quit()


def test_identities_and_servers(lab):
    """Identities of one server are addresses of one account, servers have an account each; all send"""
    program = two_servers(lab, "two")
    before = contents(program.profile)
    lab.forget_accounts()
    ways = lab.set_up(program.profile, "--json")
    tap.equal(sorted((x["server"], x["addresses"], x["account"]) for x in ways),
              [("smtp1", [USER, TEAM], "anna"), ("smtp2", [LAB, RESULTS], "lab")], "set up")  # fmt: skip
    lab.undo()
    tap.equal(contents(program.profile), before, "the profile")
    lab.set_up(program.profile)
    each_identity_sends(lab, program, "own", {
        "id1": (USER, "anna"), "id91": (TEAM, "anna"), "id2": (LAB, "lab"), "id92": (RESULTS, "lab")})  # fmt: skip
    lab.undo()
    each_identity_sends(lab, program, "past", {
        "id1": (USER, None), "id91": (TEAM, None), "id2": (LAB, None), "id92": (RESULTS, None)})  # fmt: skip
    lab.forget_accounts()


def test_one_account_for_two_servers(lab):
    """An account that is there with an address of each: all send through it, with its own password"""
    program = two_servers(lab, "shared")
    for user, password in ((USER, PASSWORD), (LAB, LAB_PASSWORD)):
        lab.forget_accounts()
        lab.daemon.add_account(USER, f"{NAME}:465", "--address", LAB, "--name", "all", "--username", user,
                               security="tls", password=password)  # fmt: skip
        ways = lab.set_up(program.profile, "--json")
        tap.equal([x["account"] for x in ways], ["all", "all"], "set up")
        lab.daemon.letterlock("account", "test", "all")
        (account,) = lab.daemon.letterlock("account", "show", "all", "--json")
        tap.equal(sorted(account["addresses"]), sorted([USER, LAB, TEAM, RESULTS]), "addresses")
        lab.undo()
    lab.set_up(program.profile)
    each_identity_sends(lab, program, "shared", {
        "id1": (USER, "all"), "id91": (TEAM, "all"), "id2": (LAB, "all"), "id92": (RESULTS, "all")})  # fmt: skip
    lab.undo()
    lab.forget_accounts()


def test_primary_password(lab):
    """Behind a primary password: the right one opens it, a wrong one changes nothing"""
    folder = lab.small("primary")
    for name, text in (("old", "\n"), ("new", "open sesame\n")):
        with open(os.path.join(lab.folder, name), "w", encoding="ascii") as file:
            file.write(text)
    subprocess.run(
        ["certutil", "-W", "-d", "sql:" + folder, "-f", os.path.join(lab.folder, "old"),
         "-@", os.path.join(lab.folder, "new")], check=True, capture_output=True,
    )  # fmt: skip
    before = contents(folder)
    done = lab.daemon.try_letterlock(*lab.words(folder), "--password-stdin", text="open, please\n")
    tap.true(done.returncode == 3 and "primary password" in done.stderr, done)
    tap.equal(contents(folder), before, "the profile")
    lab.set_up(folder, "--password-stdin", text="open sesame\n")
    lab.undo()
    tap.equal(contents(folder), before, "the profile")


if __name__ == "__main__":
    tap.main(Practice)
