# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Thunderbird that sent by itself, set up by `letterlock setup thunderbird` alone, and given
back by `letterlock undo`."""

import os
import pty
import re
import subprocess

import certificates
import tap
from daemon import binary
from maildir import as_sent
from process import wait_until
from provider import NAME, PASSWORD, USER
from steps import KILL, NO_SPACE, cut_short
from thunderbird_practice import OURS, Practice, arrived, contents, edit, record, send, trusted


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
        tap.true(b"bcc@dane.lab" not in copy, f"Bcc is blind: {copy}")


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
