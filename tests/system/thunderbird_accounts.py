# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which accounts `letterlock setup thunderbird` makes or uses: for several identities, several servers,
accounts that are there, and servers that take no password."""

import base64
import contextlib
import json
import os
import subprocess

import autoconfig
import clients
import tap
from browser import NEVER, Browser
from daemon import binary
from process import wait_until
from provider import NAME, PASSWORD, USER, Provider
from thunderbird_practice import (
    LAB, LAB_PASSWORD, RESULTS, TEAM, LabLogin, Login, Practice, arrived, contents, edit, send,
)  # fmt: skip
from token_server import CLIENT, TokenServer, browse

# A provider that takes no passwords.
CLOUD, CLOUD_LOGIN = ("mail.cloud.lab", "127.0.0.91"), ("login.cloud.lab", "127.0.0.92")
CLOUD_USER = "berta@cloud.lab"
PERMISSION = f"""<oAuth2><issuer>cloud.lab</issuer><scope>smtp offline_access</scope>
<authURL>https://{CLOUD_LOGIN[0]}/authorize</authURL>
<tokenURL>https://{CLOUD_LOGIN[0]}/token</tokenURL></oAuth2>"""


class CloudLogin:
    username, password = CLOUD_USER, "what Thunderbird would never use"


class Accounts(Practice):
    """... who also writes from an address at that provider."""

    def __init__(self, folder):
        super().__init__(folder)
        self.tokens = TokenServer(self.world.ca.issue(CLOUD_LOGIN[0]), *CLOUD_LOGIN, user=CLOUD_USER)
        autoconfig.publish(self.world, "cloud.lab", CLOUD[0], how="OAuth2", more=PERMISSION,
                           records=f"@ MX 10 mail\nmail A {CLOUD[1]}\nlogin A {CLOUD_LOGIN[1]}\n")  # fmt: skip
        self.world.zones.zone("tenant.lab", f"@ MX 10 {CLOUD[0]}.\n")
        self.cloud = Provider(
            os.path.join(folder, "cloud"), self.world.ca.issue(CLOUD[0]), address=CLOUD[1], name=CLOUD[0],
            users={CLOUD_USER: "no password"}, introspection=self.tokens.introspection,
        )  # fmt: skip
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.stack.enter_context(self.tokens)
        self.stack.enter_context(self.cloud)
        return super().__enter__()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.stack.close()


def wants_oauth2(folder, server="smtp1"):
    edit(folder, "prefs.js", f'{server}.authMethod", 3', f'{server}.authMethod", 10')


def test_oauth2(lab):
    """A server with OAuth2 stays as it is, with the command that helps, until there is an account"""
    folder = lab.small("oauth2")
    wants_oauth2(folder)
    lab.forget_accounts()
    done = lab.daemon.try_letterlock(*lab.words(folder))
    tap.true(done.returncode == 1 and "signs in with OAuth2" in done.stderr, done.stderr)
    tap.true("run this again with --client-id ID" in done.stderr
             and f"letterlock account add --address {USER} --upstream {NAME}:465 --security tls --oauth2 own "
                 "--client-id ID --authorization-url URL" in done.stderr, done.stderr)  # fmt: skip
    lab.daemon.add_account(USER, f"{NAME}:587", password=PASSWORD)
    (set_up,) = lab.set_up(folder, "--json")
    tap.equal((set_up["account"], set_up["port"]), ("anna", 1465), "set up")
    lab.daemon.letterlock("account", "test", "anna")
    lab.undo()


def test_oauth2_of_a_known_provider(lab):
    """Google's server is known: how it signs in is named, and with a client id it is planned"""
    folder = lab.small("google")
    wants_oauth2(folder)
    edit(folder, "prefs.js", f'smtp1.hostname", "{NAME}"', 'smtp1.hostname", "smtp.gmail.com"')
    lab.forget_accounts()
    done = lab.daemon.try_letterlock(*lab.words(folder), "--dry-run")
    for words in ("--upstream smtp.gmail.com:465 --security tls --oauth2 google --client-id ID,",
                  f"account add --address {USER} --upstream smtp.gmail.com:465 --app-password google"):  # fmt: skip
        tap.true(words in done.stderr, done.stderr)
    done = lab.daemon.try_letterlock(*lab.words(folder), "--dry-run", "--client-id", "x", "--device")
    tap.true(done.returncode == 1 and "Google lets nobody sign in by a code" in done.stderr, done.stderr)
    for given in ("x", "smtp.gmail.com=x"):
        said = lab.daemon.letterlock(*lab.words(folder), "--dry-run", "--client-id", given)
        tap.true("with OAuth2: you sign in on the provider's page" in said, said)
    done = lab.daemon.try_letterlock(*lab.words(folder), "--dry-run", "--client-id", "smtp.office365.com=x")
    tap.equal(done.returncode, 1, done.stdout)
    google = lab.daemon.letterlock("providers", "--json")[0]
    tap.equal((google["oauth2"], google["app_password"]), ("google", "google"), "providers")


def test_oauth2_of_one_organisation(lab):
    """Microsoft: the tenant is part of the page's address, and codes for another device are planned"""
    folder = lab.small("microsoft")
    wants_oauth2(folder)
    edit(folder, "prefs.js", f'smtp1.hostname", "{NAME}"', 'smtp1.hostname", "smtp.office365.com"')
    lab.forget_accounts()
    said = lab.daemon.letterlock(*lab.words(folder), "--dry-run", "--client-id", "x", "--device")
    tap.true("with OAuth2: you sign in on the provider's page" in said, said)
    sign_in = SignIn(lab, folder, "--tenant", "practice.example")
    wanted = f"https://login.microsoftonline.com/practice.example/oauth2/v2.0/authorize?"
    tap.equal(sign_in.step["url"][: len(wanted)], wanted, "page")
    tap.true(f"client_id={CLIENT}&" in sign_in.step["url"], sign_in.step["url"])
    sign_in.give_up()
    lab.forget_accounts()


def test_oauth2_that_is_not_proven(lab):
    """Where to sign in is believed of the address's own domain alone, not of who receives its mail"""
    folder = lab.small("unproven")
    wants_oauth2(folder)
    lab.forget_accounts()
    edit(folder, "prefs.js", f'smtp1.hostname", "{NAME}"', f'smtp1.hostname", "{CLOUD[0]}"')
    for address, expected in ((CLOUD_USER, 0), ("berta@tenant.lab", 1)):
        edit(folder, "prefs.js", f'useremail", "{USER}"', f'useremail", "{address}"')
        done = lab.daemon.try_letterlock(*lab.words(folder), "--dry-run", "--client-id", CLIENT)
        tap.equal(done.returncode, expected, f"{address}: {done.stderr}")
        edit(folder, "prefs.js", f'useremail", "{address}"', f'useremail", "{USER}"')


class SignIn:
    """setup thunderbird, up to where it waits for the user to sign in."""

    def __init__(self, lab, folder, *more, text=None):
        self.lab = lab
        self.child = subprocess.Popen(
            [binary("letterlock"), *lab.words(folder), "--json", "--client-id", CLIENT, *more],
            env=lab.daemon.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.child.stdin.write(text or "")
        self.child.stdin.close()
        self.step = self.next()

    def next(self):
        """What it waits for, or that this is done."""
        line = self.child.stdout.readline()
        if not line:
            raise AssertionError(self.child.stderr.read())
        return json.loads(line)

    def browse(self):
        return browse(self.step["url"], self.lab.world.ca.file)

    def give_up(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()
        self.child.stderr.close()

    def end(self):
        """(status, the ways that were set up, what it complained of)"""
        out, said = self.child.stdout.read(), self.child.stderr.read()
        ways = [x for x in map(json.loads, out.splitlines()) if "server" in x]
        return self.child.wait(60), ways, said


def oauth_profile(lab, name):
    """Its first server signs in with OAuth2, and its second one with a password."""
    program = lab.thunderbird(name)
    program.trust(lab.world.ca.file)
    with program:
        program.add_account(CloudLogin, CLOUD_USER, host=CLOUD[0], port=465)
        program.add_account(Login, USER, host=NAME, port=465)
        program.quit()
    wants_oauth2(program.profile)
    return program


def test_sign_in_on_the_way(lab):
    """OAuth2 as the domain describes it: setup begins the sign-in, Thunderbird sends, undo is exact"""
    program = oauth_profile(lab, "permitted")
    before = contents(program.profile)
    for more, lab.tokens.secret in (((), None), (("--password-stdin",), "of the client")):
        lab.forget_accounts()
        sign_in = SignIn(lab, program.profile, *more, text="of the client\n")
        tap.equal(contents(program.profile), before, "the profile while it waits")
        status, page = sign_in.browse()
        tap.true(status == 200 and "Signed in" in page, page)
        status, ways, said = sign_in.end()
        tap.equal((status, sorted(x["account"] for x in ways)), (0, ["anna", "berta"]), f"set up ({said})")
        (account,) = lab.daemon.letterlock("account", "show", "berta", "--json")
        tap.equal((account["auth"], account["username"], account["sign_in"]),
                  ("oauth2", CLOUD_USER, "signed-in"), "account")  # fmt: skip
        lab.undo()
        tap.equal(contents(program.profile), before, "the profile after undo")
    lab.set_up(program.profile)
    with program:
        for identity, account, place in (("id1", "berta", lab.cloud), ("id2", "anna", lab.world.provider)):
            program.identity = identity
            to = f"signed-{identity}"
            said, letter = send(lab, program, f"Signed {identity}", "dane.lab", f"{to},cc-{to},bcc-{to}")
            tap.equal((said, letter["account"], letter["state"]), ("", account, "sent"), identity)
            wanted = f"Subject: Signed {identity}".encode()
            wait_until(lambda: sum(wanted in x for x in place.letters()) == 3, "three copies arrive")
        program.quit()
    lab.undo()
    with open(os.path.join(program.profile, "prefs.js"), encoding="utf-8") as file:
        tap.true('smtp1.authMethod", 10' in file.read(), "authMethod after a run")


def test_what_is_asked_for(lab):
    """Lines on stdin: a client id's secret once, and before the password that Thunderbird lacks"""
    folder = lab.small("asked")
    os.remove(os.path.join(folder, "logins.json"))
    edit(folder, "prefs.js", '.identities", "id1"', '.identities", "id1,id8,id9"')
    edit(folder, "prefs.js", '"mail.smtpservers", "smtp1"', '"mail.smtpservers", "smtp1,smtp8,smtp9"')
    with open(os.path.join(folder, "prefs.js"), "a", encoding="utf-8") as file:
        for number, address in ((8, CLOUD_USER), (9, CLOUD_USER.replace("berta", "carla"))):
            server = {"hostname": f'"{CLOUD[0]}"', "port": 465, "try_ssl": 3, "authMethod": 10,
                      "username": f'"{address}"'}  # fmt: skip
            file.writelines(f'user_pref("mail.smtpserver.smtp{number}.{k}", {v});\n' for k, v in server.items())
            file.write(f'user_pref("mail.identity.id{number}.useremail", "{address}");\n'
                       f'user_pref("mail.identity.id{number}.smtpServer", "smtp{number}");\n')  # fmt: skip
    lab.forget_accounts()
    lab.tokens.secret = "of the client"
    sign_in = SignIn(lab, folder, "--password-stdin", text=f"of the client\n{PASSWORD}\n")
    sign_in.browse()
    tap.equal(sign_in.next()["sign_in"], "signed-in", "the first one")
    sign_in.step = sign_in.next()
    sign_in.browse()
    status, ways, said = sign_in.end()
    tap.equal((status, sorted(x["account"] for x in ways)), (0, ["anna", "berta", "carla"]), said)
    lab.daemon.letterlock("account", "test", "anna")
    lab.tokens.secret = None
    lab.undo()
    lab.forget_accounts()


def test_nobody_signs_in(lab):
    """Who does not agree: that server stays as it is, its account goes, and the others are set up"""
    program = oauth_profile(lab, "unwilling")
    before = contents(program.profile)
    lab.forget_accounts()
    lab.tokens.agrees = False
    lab.tokens.secret = None
    sign_in = SignIn(lab, program.profile)
    sign_in.browse()
    status, ways, said = sign_in.end()
    lab.tokens.agrees = True
    tap.equal((status, [x["server"] for x in ways]), (0, ["smtp2"]), said)
    tap.true(f"{CLOUD[0]} stays as it is: nobody signed in there" in said and "did not agree" in said, said)
    tap.equal([x["account"] for x in lab.daemon.letterlock("account", "list", "--json")], ["anna"], "accounts")
    lab.undo()
    tap.equal(contents(program.profile), before, "the profile")


def signed_in(lab, account):
    return lab.daemon.letterlock("account", "show", account, "--json")[0]["sign_in"]


def test_account_with_oauth2(lab):
    """An account that is there: whoever never signed in does so on the way, and who has is not asked"""
    folder = lab.small("signed-in")
    lab.forget_accounts()
    lab.tokens.secret = None
    lab.daemon.letterlock("account", "add", "--address", USER, "--upstream", f"{NAME}:587", *lab.tokens.settings())
    tap.equal(signed_in(lab, "anna"), "never", "sign_in before")
    sign_in = SignIn(lab, folder)
    tap.equal(sign_in.browse()[0], 200, "the page")
    status, ways, said = sign_in.end()
    tap.equal((status, [x["account"] for x in ways]), (0, ["anna"]), said)
    tap.equal(signed_in(lab, "anna"), "signed-in", "sign_in")
    lab.undo()
    before = lab.secrets()
    (set_up,) = lab.set_up(folder, "--json")
    tap.equal(set_up["account"], "anna", "set up again")
    tap.equal(lab.secrets(), before, "secrets: the password that Thunderbird saved is none of its")
    lab.undo()
    lab.forget_accounts()


def test_nobody_signs_in_to_an_account_that_is_there(lab):
    """It stays, the local password that others use with it does, and so does the mail program"""
    folder = lab.small("unwilling-there")
    before = contents(folder)
    lab.forget_accounts()
    (login,) = lab.daemon.letterlock("account", "add", "--json", "--address", USER, "--upstream", f"{NAME}:587",
                                     *lab.tokens.settings())  # fmt: skip
    lab.tokens.agrees = False
    sign_in = SignIn(lab, folder)
    sign_in.browse()
    status, ways, said = sign_in.end()
    lab.tokens.agrees = True
    tap.equal((status, ways), (1, []), said)
    tap.true(f"{NAME} stays as it is: nobody signed in there" in said, said)
    tap.equal(contents(folder), before, "the profile")
    plain = base64.b64encode(f"\0{login['username']}\0{login['password']}".encode()).decode()
    with clients.Conversation() as server:
        server.reply()
        server.say("EHLO client.example")
        tap.equal(server.say(f"AUTH PLAIN {plain}")[0], 235, "its local password")
    lab.forget_accounts()


def test_a_code_for_another_device(lab):
    """--device: with an account that says where codes are had; where nobody does, it says so first"""
    folder = lab.small("device")
    lab.forget_accounts()
    lab.daemon.letterlock("account", "add", "--address", USER, "--upstream", f"{NAME}:587", *lab.tokens.settings())
    lab.tokens.device_agreed.clear()
    sign_in = SignIn(lab, folder, "--device")
    tap.equal((sign_in.step["code"], sign_in.step["url"]), ("WDJB-MJHT", f"https://{CLOUD_LOGIN[0]}/type"), "step")
    lab.tokens.device_agreed.set()
    status, ways, said = sign_in.end()
    tap.equal((status, [x["account"] for x in ways]), (0, ["anna"]), said)
    lab.undo()
    lab.forget_accounts()
    wants_oauth2(folder)
    edit(folder, "prefs.js", f'smtp1.hostname", "{NAME}"', f'smtp1.hostname", "{CLOUD[0]}"')
    edit(folder, "prefs.js", f'useremail", "{USER}"', f'useremail", "{CLOUD_USER}"')
    done = lab.daemon.try_letterlock(*lab.words(folder), "--client-id", CLIENT, "--device")
    tap.true(done.returncode == 1 and "its domain does not say where codes for another device are had: run this "
             "again without --device" in done.stderr and "--device-url URL" in done.stderr, done.stderr)  # fmt: skip
    tap.equal(lab.daemon.letterlock("account", "list", "--json"), [], "accounts")


def test_the_browser_is_opened_unless_it_shall_not(lab):
    """--no-browser: the address is shown, and no browser is started"""
    folder = lab.small("opened")
    lab.tokens.secret = None
    browser = Browser(lab.daemon, lab.folder, lab.world.ca.file, NEVER)
    for more, words, opens in ((["--no-browser"], "In a browser on this machine, open", False),
                               ([], "Sign in in your browser.", True)):  # fmt: skip
        lab.forget_accounts()
        lab.daemon.letterlock("account", "add", "--address", USER, "--upstream", f"{NAME}:587",
                              *lab.tokens.settings())  # fmt: skip
        child = subprocess.Popen(
            [binary("letterlock"), *lab.words(folder), *more], env=lab.daemon.environment,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        said = []
        while not said or not said[-1].startswith("  https://"):
            said.append(child.stdout.readline())
            tap.true(said[-1] != "", said)
        tap.true(said[-2].startswith(words), said[-2])
        if opens:
            wait_until(browser.opened, "the browser is opened")
        browse(said[-1].strip(), lab.world.ca.file)
        rest = child.stdout.read()
        tap.equal(child.wait(60), 0, rest)
        tap.equal(browser.opened(), opens, f"opened with {more}")
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
    tap.main(Accounts)
