# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which accounts `letterlock setup thunderbird` makes or uses: for several identities, several servers,
accounts that are there, and servers that take no password."""

import os

import tap
from process import wait_until
from provider import NAME, PASSWORD, USER
from thunderbird_practice import (
    LAB, LAB_PASSWORD, RESULTS, TEAM, LabLogin, Login, Practice, arrived, contents, edit, send,
)  # fmt: skip


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


if __name__ == "__main__":
    tap.main(Practice)
