# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with OAuth2: a real Dovecot takes tokens, for a real Postfix; who gives them is played
by the test. What was stored is never lost, and what went wrong is said in words."""

import json
import os
import socket
import subprocess
import threading
import urllib.parse

import clients
import tap
from daemon import binary
from office import Office, letter
from process import wait_until
from provider import Provider
from token_server import CLIENT, TokenServer, browse, fail

MAIL = ("mail.cloud.lab", "127.0.0.91")
LOGIN = ("login.cloud.lab", "127.0.0.92")
USER = "anna@cloud.lab"
OLD = ("mail.old.lab", "127.0.0.93")  # knows XOAUTH2 only, as Microsoft does


class Cloud(Office):
    def __init__(self, folder):
        super().__init__(folder)
        world = self.world
        world.zones.zone("cloud.lab", f"@ MX 10 mail\nmail A {MAIL[1]}\nlogin A {LOGIN[1]}\n", signed=False)
        self.server = TokenServer(world.ca.issue(LOGIN[0]), *LOGIN, user=USER)
        self.cloud = Provider(
            os.path.join(folder, "cloud"), world.ca.issue(MAIL[0]), address=MAIL[1], name=MAIL[0],
            users={USER: "no password"}, introspection=self.server.introspection,
        )  # fmt: skip
        world.zones.zone("old.lab", f"@ MX 10 mail\nmail A {OLD[1]}\n", signed=False)
        self.old = Provider(
            os.path.join(folder, "old"), world.ca.issue(OLD[0]), address=OLD[1], name=OLD[0],
            users={USER: "no password"}, introspection=self.server.introspection, tokens="xoauth2",
        )  # fmt: skip

    def __enter__(self):
        super().__enter__()
        for server in (self.server, self.cloud, self.old):
            self.world.stack.enter_context(server)
        self.daemon.add_account(USER, f"{MAIL[0]}:465", "--name", "cloud", *self.server.settings(),
                                "--auth", "oauth2", security="tls")  # fmt: skip
        return self

    # -- signing in ----------------------------------------------------------------------

    def begin_login(self, *more):
        """The command line at work, and the first that it said."""
        child = subprocess.Popen(
            [binary("letterlock"), "account", "login", "cloud", "--json", *more],
            env=self.daemon.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = child.stdout.readline()
        if not line:
            raise AssertionError(child.communicate()[1])
        return child, json.loads(line)

    def log_in(self, expected=0):
        child, step = self.begin_login()
        page = browse(step["url"], self.world.ca.file)
        out, err = child.communicate(timeout=60)
        tap.equal(child.returncode, expected, f"status ({err})")
        return page, out, err

    # -- letters --------------------------------------------------------------------------

    def offer(self, name):
        content = letter("bob@dane.lab", name=name, sender=USER).decode()
        return self.daemon.try_letterlock("sendmail", "-f", USER, "bob@dane.lab", text=content)

    def submit(self, name):
        done = self.offer(name)
        tap.equal(done.returncode, 0, done.stderr)

    def waits(self, name, words):
        record = self.daemon.wait_letters(
            lambda letters: next((x for x in letters if x["message_id"] == f"<{name}@provider.lab>"
                                  and x["state"] == "waiting"), None),
            f"{name} waits",
        )  # fmt: skip
        reason = record["recipients"][0]["reason"]
        tap.true(words in reason, reason)

    def sent(self, name):
        wait_until(lambda: (self.letter_named(name) or {}).get("state") == "sent", f"{name} is sent")
        wanted = f"<{name}@provider.lab>".encode()
        arrived = lambda: sum(wanted in x for x in self.cloud.letters())
        wait_until(arrived, f"{name} is in its box")
        tap.equal(arrived(), 1, "letters at the provider")

    def shown(self):
        return next(x for x in self.daemon.letterlock("account", "list", "--json") if x["account"] == "cloud")

    def retry(self):
        """What waits is tried now, not when its time has come."""
        for record in self.daemon.letters("--state", "waiting"):
            self.daemon.letterlock("retry", record["id"])

    def restart(self):
        """Nothing is in memory any more."""
        self.daemon.restart()


def test_not_signed_in(cloud):
    """An account that nobody signed in: its letters wait, and list, show, doctor and status say it"""
    cloud.submit("early")
    cloud.waits("early", "letterlock account login cloud")
    tap.equal(cloud.shown()["sign_in"], "never", "sign_in")
    lines = cloud.daemon.letterlock("doctor", "--json", status=1)
    line = next(x for x in lines if x["check"] == "account cloud" and not x["ok"])
    tap.equal(line["remedy"], "letterlock account login cloud", "remedy")
    tap.equal(cloud.daemon.letterlock("status", "--json")[0]["sign_in"], ["cloud"], "status")


def test_browser(cloud):
    """Signing in with a browser: PKCE and state are right, and what waited is sent at once"""
    (status, page), out, _ = cloud.log_in()
    tap.equal(status, 200, "status of the page")
    tap.true("Signed in" in page, page)
    tap.equal(json.loads(out)["sign_in"], "signed-in", "sign_in")
    cloud.sent("early")
    steps = cloud.daemon.letterlock("account", "test", "cloud", "--json")[-1]["steps"]
    tap.true(any(x["detail"] == f"as {USER} (OAUTHBEARER)" for x in steps), steps)


def test_page_takes_only_our_answer(cloud):
    """The loopback page: wrong state, other paths and half requests change nothing; the right answer
    counts once, and the port is closed"""
    child, step = cloud.begin_login()
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(step["url"]).query)
    back = urllib.parse.urlsplit(asked["redirect_uri"][0])
    silent = socket.create_connection((back.hostname, back.port))
    for path in ("/?state=wrong&code=x", "/favicon.ico", "/?code=x", "/?state=a&state=b&code=x"):
        status, page = browse(f"http://{back.netloc}{path}", cloud.world.ca.file)
        tap.equal(status, 404, path)
    tap.equal(child.poll(), None, "the command line")
    status, page = browse(step["url"], cloud.world.ca.file)
    tap.true("Signed in" in page, page)
    tap.equal(child.wait(60), 0, "status")
    child.communicate()
    silent.close()
    try:
        socket.create_connection((back.hostname, back.port)).close()
        raise AssertionError("the port is still open")
    except ConnectionRefusedError:
        pass


def test_one_at_a_time(cloud):
    """A newer sign-in ends the older, and so does a change of the account: nobody listens any more"""
    first, _ = cloud.begin_login()
    second, step = cloud.begin_login()
    tap.true("this sign-in is over" in first.communicate(timeout=60)[1], "the first goes on")
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(step["url"]).query)
    back = urllib.parse.urlsplit(asked["redirect_uri"][0])
    cloud.daemon.letterlock("account", "edit", "cloud", "--rate", "600")
    tap.true("this sign-in is over" in second.communicate(timeout=60)[1], "the second goes on")
    with socket.socket() as connection:
        tap.true(connection.connect_ex((back.hostname, back.port)) != 0, "the port is still open")
    tap.equal(cloud.shown()["sign_in"], "signed-in", "sign_in")


def test_no_agreement(cloud):
    """Who does not agree in the browser is told so there and here; the old permission stays"""
    cloud.server.agrees = False
    (_, page), _, err = cloud.log_in(expected=1)
    cloud.server.agrees = True
    tap.true("did not agree" in page and "Not signed in" in page, page)
    tap.true("did not agree" in err, err)
    cloud.submit("after-no")
    cloud.sent("after-no")


def test_wrong_scope(cloud):
    """A permission that does not cover sending is not taken; the old one stays"""
    cloud.server.scope = "profile"
    _, _, err = cloud.log_in(expected=1)
    cloud.server.scope = "smtp"
    tap.true('without "smtp"' in err, err)
    cloud.submit("after-scope")
    cloud.sent("after-scope")


def test_one_question_for_many(cloud):
    """Ten letters at once after a restart: one question for a token, and its new refresh token is
    kept: the next start uses it"""
    cloud.restart()
    before = cloud.server.count("/token", "refresh_token")
    gate = threading.Event()

    def slow(handler, form):
        gate.wait(60)
        handler.reply(*cloud.server.token(form))

    cloud.server.faults["/token"] = slow
    for i in range(10):
        threading.Thread(target=cloud.submit, args=(f"many-{i}",)).start()
    wait_until(lambda: cloud.server.count("/token", "refresh_token") > before, "a token is asked for")
    gate.set()
    for i in range(10):
        cloud.sent(f"many-{i}")
    cloud.server.faults.clear()
    tap.equal(cloud.server.count("/token", "refresh_token"), before + 1, "questions")
    cloud.restart()
    cloud.submit("rotated")
    cloud.sent("rotated")
    tap.equal(cloud.server.count("/token", "refresh_token"), before + 2, "questions")


def test_young_token_refused(cloud):
    """A token that is refused while it is young was not refused for its age: nothing is renewed. (An
    older one is: tests/deliver/oauth.c and sign-in.c, where the clock is the test's.)"""
    cloud.restart()
    before = cloud.server.count("/token", "refresh_token")
    cloud.daemon.letterlock("account", "test", "cloud")
    cloud.server.end_access()
    done = cloud.daemon.try_letterlock("account", "test", "cloud")
    tap.equal((done.returncode, cloud.server.count("/token", "refresh_token")), (1, before + 1), "young")


def test_trouble_is_no_refusal(cloud):
    """A token server that is out of order, slow, foreign or hostile: the letter waits, the account
    stays signed in, and all goes as soon as it works"""
    page = b"<html>Please sign in to this network</html>"
    deep = b"[" * 60000
    long = b'{"access_token": "' + b"x" * 60000 + b'"}'
    injected = json.dumps({"access_token": "a\r\nRSET", "expires_in": 60}).encode()
    faults = {
        "down": (fail(503), "cannot be signed in now"),
        "later": (fail(400, b'{"error": "temporarily_unavailable"}'), "trouble of its own"),
        "strange": (fail(400, b'{"error": "quota_exceeded"}'), "cannot be signed in now"),
        "page": (fail(200, page), "makes no sense"),
        "page403": (fail(403, page), "cannot be signed in now"),
        "deep": (fail(200, deep), "makes no sense"),
        "long": (fail(200, long), "makes no sense"),
        "injected": (fail(200, injected), "makes no sense"),
        "empty": (fail(200, b"{}"), "gave no token"),
        "endless": (fail(200, b"x" * 200000), "longer than"),
    }
    for name, (fault, words) in faults.items():
        cloud.restart()
        cloud.server.faults["/token"] = fault
        cloud.submit(f"trouble-{name}")
        cloud.waits(f"trouble-{name}", words)
        tap.equal(cloud.shown()["sign_in"], "signed-in", f"sign_in at {name}")
    cloud.server.faults.clear()
    cloud.retry()
    for name in faults:
        cloud.sent(f"trouble-{name}")


def test_wrong_certificate(cloud):
    """Somebody else in the token server's place: he is told nothing, and the letter waits"""
    cloud.restart()
    right = cloud.server.certificate
    before = len(cloud.server.asked)
    cloud.server.__exit__()
    cloud.server.certificate = cloud.world.ca.issue("other.cloud.lab")
    cloud.server.__enter__()
    cloud.submit("foreign")
    cloud.waits("foreign", "certificate")
    tap.equal(len(cloud.server.asked), before, "questions")
    tap.equal(cloud.shown()["sign_in"], "signed-in", "sign_in")
    cloud.server.__exit__()
    cloud.server.certificate = right
    cloud.server.__enter__()
    cloud.retry()
    cloud.sent("foreign")


def test_taken_back(cloud):
    """A permission that was taken back: the letters wait, list says why, the server is asked once
    and not for each letter; signing in again sends them"""
    cloud.restart()
    cloud.server.revoke()
    before = cloud.server.count("/token", "refresh_token")
    for i in range(3):
        cloud.submit(f"revoked-{i}")
        cloud.waits(f"revoked-{i}", "has to sign in at the provider again")
    tap.equal(cloud.server.count("/token", "refresh_token"), before + 1, "questions")
    shown = cloud.shown()
    tap.equal(shown["sign_in"], "sign-in-again", "sign_in")
    tap.true("the permission ended" in shown["sign_in_reason"], shown)
    cloud.log_in()
    for i in range(3):
        cloud.sent(f"revoked-{i}")
    tap.equal(cloud.shown()["sign_in"], "signed-in", "sign_in")


def test_offline(cloud):
    """No token server at all: waits, and goes when it is back"""
    cloud.restart()
    cloud.server.__exit__()
    cloud.submit("offline")
    cloud.waits("offline", "cannot be signed in now")
    tap.equal(cloud.shown()["sign_in"], "signed-in", "sign_in")
    cloud.server.__enter__()
    cloud.retry()
    cloud.sent("offline")


def test_killed_after_rotation(cloud):
    """Killed right after the server gave another refresh token: it was stored before"""
    cloud.restart()
    cloud.submit("before-kill")
    cloud.sent("before-kill")
    cloud.daemon.kill()
    cloud.daemon.start()
    cloud.submit("after-kill")
    cloud.sent("after-kill")


def test_stopped_meanwhile(cloud):
    """Stopped while the token server thinks: its new refresh token is waited for, and is not lost"""
    cloud.restart()
    before = cloud.server.count("/token", "refresh_token")
    gate = threading.Event()

    def slow(handler, form):
        gate.wait(60)
        handler.reply(*cloud.server.token(form))

    cloud.server.faults["/token"] = slow
    submitting = threading.Thread(target=cloud.offer, args=("stopped",))
    submitting.start()
    wait_until(lambda: cloud.server.count("/token", "refresh_token") > before, "a token is asked for")
    stopping = threading.Thread(target=cloud.daemon.stop)
    stopping.start()
    wait_until(lambda: not os.path.exists(cloud.daemon.socket), "it has begun to stop")
    gate.set()
    for thread in (stopping, submitting):
        thread.join()
    cloud.server.faults.clear()
    cloud.daemon.start()
    cloud.sent("stopped")


def test_client_secret(cloud):
    """A client id with a secret: refused without it, in words; with it the letter goes by itself"""
    cloud.server.secret = "secret of the office"
    cloud.restart()
    cloud.submit("secret")
    cloud.waits("secret", "--client-secret-stdin")
    tap.equal(cloud.shown()["sign_in"], "refused", "sign_in")
    cloud.daemon.letterlock("account", "edit", "cloud", "--client-secret-stdin", text=cloud.server.secret + "\n")
    cloud.sent("secret")
    tap.equal(cloud.shown()["sign_in"], "signed-in", "sign_in")
    cloud.restart()
    cloud.submit("secret-again")
    cloud.sent("secret-again")


def test_xoauth2(cloud):
    """A server with XOAUTH2 alone, with short tokens and long ones; what it refuses is said in words"""
    for length in (60, 900, 4000):
        cloud.server.length = length
        cloud.restart()
        cloud.daemon.letterlock("account", "edit", "cloud", "--upstream", f"{OLD[0]}:465")
        steps = cloud.daemon.letterlock("account", "test", "cloud", "--json")[-1]["steps"]
        tap.true(any(x["detail"] == f"as {USER} (XOAUTH2)" for x in steps), steps)
    cloud.server.end_access()
    cloud.restart()
    cloud.server.scope = "profile"
    done = cloud.daemon.try_letterlock("account", "test", "cloud")
    cloud.server.scope = "smtp"
    tap.equal(done.returncode, 1, done.stdout)
    tap.true("535" in done.stderr, done.stderr)
    cloud.daemon.letterlock("account", "edit", "cloud", "--upstream", f"{MAIL[0]}:465")


def test_known_providers(cloud):
    """Google, Microsoft and providers with app passwords need no server to be named"""
    answer = cloud.daemon.letterlock(
        "account", "add", "--json", "--address", "a@gmail.test", "--oauth2", "google", "--client-id", "x",
    )[0]  # fmt: skip
    shown = cloud.daemon.letterlock("account", "show", answer["account"], "--json")[0]
    tap.equal((shown["upstream"], shown["auth"]), ("smtp.gmail.com:465", "oauth2"), "google")
    done = cloud.daemon.try_letterlock("account", "login", answer["account"], "--device")
    tap.true(done.returncode == 1 and "Google does not allow" in done.stderr, done.stderr)
    cloud.daemon.letterlock(
        "account", "add", "--address", "a@work.test", "--oauth2", "microsoft", "--client-id", "x",
        "--tenant", "work.test", "--name", "work",
    )  # fmt: skip
    shown = cloud.daemon.letterlock("account", "show", "work", "--json")[0]
    tap.equal(shown["token_url"], "https://login.microsoftonline.com/work.test/oauth2/v2.0/token", "token_url")
    cloud.daemon.letterlock(
        "account", "add", "--address", "a@yahoo.test", "--app-password", "yahoo", "--name", "yahoo",
        "--password-stdin", text="abcd\n",
    )  # fmt: skip
    shown = cloud.daemon.letterlock("account", "show", "yahoo", "--json")[0]
    tap.equal((shown["upstream"], shown["password_stored"]), ("smtp.mail.yahoo.com:465", True), "yahoo")
    done = cloud.daemon.try_letterlock("account", "add", "--address", "b@gmail.test", "--app-password", "google")
    tap.true("https://myaccount.google.com/apppasswords" in done.stderr, done.stderr)


def test_another_client(cloud):
    """Another client id: the permission of the old one is shown to nobody any more"""
    cloud.daemon.letterlock("account", "edit", "cloud", "--client-id", CLIENT)
    tap.equal(cloud.shown()["sign_in"], "signed-in", "sign_in with the same id")
    before = cloud.server.count("/token", "refresh_token")
    cloud.daemon.letterlock("account", "edit", "cloud", "--client-id", "another")
    tap.equal(cloud.shown()["sign_in"], "never", "sign_in")
    cloud.submit("another")
    cloud.waits("another", "letterlock account login cloud")
    cloud.daemon.letterlock("account", "edit", "cloud", "--client-id", CLIENT)
    tap.equal(cloud.shown()["sign_in"], "never", "sign_in after all")
    tap.equal(cloud.server.count("/token", "refresh_token"), before, "questions")
    cloud.log_in()
    cloud.sent("another")


def test_wrong_local_password(cloud):
    """A mail program with a wrong password costs no token"""
    before = len(cloud.server.asked)
    wrong = clients.Login("cloud", "wrong", cloud.login.ca)
    accepted, words = clients.python(wrong, USER, ["bob@dane.lab"], letter("bob@dane.lab"))
    tap.true(not accepted and "wrong user name or password" in words, words)
    tap.equal(len(cloud.server.asked), before, "questions")
    cloud.submit("still")
    cloud.sent("still")


def test_device(cloud):
    """Signing in on another device: a code is shown, asked about until it was typed"""
    child, step = cloud.begin_login("--device")
    tap.equal(step["code"], "WDJB-MJHT", "code")
    tap.equal(step["url"], f"https://{LOGIN[0]}/type", "url")
    wait_until(lambda: any(f.get("device_code") for _, f in cloud.server.asked), "it asks")
    tap.equal(child.poll(), None, "the command line")
    cloud.server.device_agreed.set()
    out, err = child.communicate(timeout=60)
    tap.equal(child.returncode, 0, err)
    cloud.submit("device")
    cloud.sent("device")


def test_nothing_secret_is_said(cloud):
    """No token, code, verifier or secret is in the log, the ledger, or a file that others can read"""
    secrets = set(cloud.server.access) | cloud.server.refresh
    for _, form in cloud.server.asked:
        secrets |= {form[x] for x in ("refresh_token", "code", "code_verifier", "device_code") if x in form}
    tap.true(len(secrets) > 10, "there were secrets")
    texts = [cloud.daemon.log().encode()]
    for folder, _, files in os.walk(cloud.daemon.folder):
        for name in files:
            path = os.path.join(folder, name)
            if name != "secrets" and os.path.isfile(path):  # no keyring here: a file of mode 0600
                with open(path, "rb") as file:
                    texts.append(file.read())
    for secret in secrets:
        tap.true(not any(secret.encode() in text for text in texts), "a secret was said")


if __name__ == "__main__":
    tap.main(Cloud)
