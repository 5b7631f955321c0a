# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider's server, found from an address alone: SRV records in signed and unsigned zones, and
autoconfig from nginx. What is not proven is never taken without a person's word."""

import json
import os
import pty
import subprocess

import autoconfig
import tap
from daemon import binary
from provider import NAME, PASSWORD, USER
from world import POLICY_ADDRESS, World

PERMISSION = """<oAuth2><issuer>oauth.lab</issuer><scope>smtp offline_access</scope>
<authURL>https://login.oauth.lab/authorize</authURL>
<tokenURL>https://login.oauth.lab/token</tokenURL></oAuth2>"""


class Domains:
    """Domains that publish, each in its own way, that mail.provider.lab takes their letters."""

    def __init__(self, folder):
        self.world = World(folder)
        zone, web, ca = self.world.zones.zone, self.world.policies.serve, self.world.ca
        srv = f"_submissions._tcp SRV 0 1 465 {NAME}.\n_submission._tcp SRV 0 1 587 {NAME}.\n"
        zone("signed.lab", srv)
        zone("unsigned.lab", srv, signed=False)
        zone("own.lab", "_submissions._tcp SRV 0 1 465 mail\nmail A 127.0.0.25\n", signed=False)
        zone("many.lab", f"_submissions._tcp SRV 20 0 465 second.many.lab.\n"
                         f"_submissions._tcp SRV 10 0 465 {NAME}.\n")  # fmt: skip
        zone("no.lab", "_submissions._tcp SRV 0 0 0 .\n")
        zone("silent.lab", "@ TXT nothing\n")
        zone("known.lab", f"@ A {POLICY_ADDRESS}\n", signed=False)
        zone("wrong.lab", f"autoconfig A {POLICY_ADDRESS}\n", signed=False)
        zone("broken.lab", f"autoconfig A {POLICY_ADDRESS}\n", signed=False)
        autoconfig.publish(self.world, "xml.lab", NAME)
        autoconfig.publish(self.world, "oauth.lab", NAME, how="OAuth2", more=PERMISSION)
        zone("google.lab", "_submissions._tcp SRV 0 1 465 smtp.gmail.com.\n")
        zone("microsoft.lab", "_submission._tcp SRV 0 1 587 smtp-mail.outlook.com.\n")
        web("known.lab", {autoconfig.WELL_KNOWN: autoconfig.config("known.lab", NAME)})
        web("autoconfig.wrong.lab", {autoconfig.PATH: autoconfig.config("wrong.lab", NAME)}, ca.issue("other.lab"))
        web("autoconfig.broken.lab", {autoconfig.PATH: b"<clientConfig><emailProvider>"})
        zone("both.lab", f"_submission._tcp SRV 0 1 587 {NAME}.\nautoconfig A {POLICY_ADDRESS}\n")
        web("autoconfig.both.lab", {autoconfig.PATH: autoconfig.config("both.lab", NAME, "OAuth2", PERMISSION)})
        zone("empty.lab", f"autoconfig A {POLICY_ADDRESS}\n", signed=False)
        web("autoconfig.empty.lab", {"/other": b"nothing"})
        zone("ill.lab", f"autoconfig A {POLICY_ADDRESS}\n", signed=False)
        web("autoconfig.ill.lab", {autoconfig.PATH: "return 503;"})
        zone("away.lab", "autoconfig A 127.0.0.99\n", signed=False)
        self._hosted(zone, web)

    def _hosted(self, zone, web):
        """Domains whose mail somebody else receives."""
        for host, server in (("hoster.lab", NAME), ("two.many-clusters.lab", "smtp.two.many-clusters.lab")):
            zone(host, f"autoconfig A {POLICY_ADDRESS}\n")
            web(f"autoconfig.{host}", {autoconfig.PATH: autoconfig.config(host, server)})
        web("autoconfig.many-clusters.lab", {autoconfig.PATH: autoconfig.config("x", "smtp.many-clusters.lab")})
        zone("many-clusters.lab", f"autoconfig A {POLICY_ADDRESS}\n")
        zone("hosted.lab", "@ MX 20 elsewhere.lab.\n@ MX 10 mx1.in.hoster.lab.\n")
        zone("cluster.lab", "@ MX 10 mx.two.many-clusters.lab.\n")
        zone("office.lab", "@ MX 1 aspmx.l.google.com.\n@ MX 5 alt1.aspmx.l.google.com.\n")
        zone("business.lab", "@ MX 0 business-lab.mail.protection.outlook.com.\n", signed=False)
        zone("filtered.lab", "@ MX 10 mx0a-001.pphosted.com.\n")
        zone("broken-host.lab", "@ MX 10 mx.bogus.lab.\n")
        zone("self-hosted.lab", f"@ MX 10 mx\nautoconfig A {POLICY_ADDRESS}\n")
        web("autoconfig.self-hosted.lab", {"/other": b"nothing"})
        # what everybody can register below must never be asked
        zone("co.uk", f"autoconfig A {POLICY_ADDRESS}\n", signed=False)
        web("autoconfig.co.uk", {autoconfig.PATH: autoconfig.config("co.uk", "thief.co.uk")})
        zone("victim.lab", "@ MX 10 shop.co.uk.\n")

    def __enter__(self):
        self.world.__enter__()
        self.daemon = self.world.daemon().start()
        return self

    def __exit__(self, *arguments):
        self.daemon.__exit__(*arguments)
        self.world.__exit__()

    def find(self, address):
        """[(upstream, security, user name, source, proven)], reason, status"""
        done = self.daemon.try_letterlock("account", "find", address, "--json")
        found = json.loads(done.stdout)
        fields = ("upstream", "security", "username", "source", "proven")
        return [tuple(x[y] for y in fields) for x in found["servers"]], found["reason"], done.returncode

    def typed(self, answer, *words):
        """At a terminal."""
        master, slave = pty.openpty()
        with os.fdopen(master, "wb", buffering=0) as terminal:
            child = subprocess.Popen(
                [binary("letterlock"), *words], env=self.daemon.environment, stdin=slave,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            os.close(slave)
            terminal.write(answer.encode())
            out, said = child.communicate(timeout=60)
        return child.returncode, out, said


def test_srv(lab):
    """SRV records: TLS before STARTTLS, by priority, proven where the zone is signed or the host its own"""
    expected = [(f"{NAME}:465", "tls", None, "_submissions._tcp.signed.lab", True),
                (f"{NAME}:587", "starttls", None, "_submission._tcp.signed.lab", True)]  # fmt: skip
    tap.equal(lab.find("anna@signed.lab"), (expected, None, 0), "signed")
    servers, _, _ = lab.find("anna@unsigned.lab")
    tap.equal([x[4] for x in servers], [False, False], f"unsigned: {servers}")
    servers, _, _ = lab.find("anna@own.lab")
    tap.equal(servers, [("mail.own.lab:465", "tls", None, "_submissions._tcp.own.lab", True)], "own")
    servers, _, _ = lab.find("anna@many.lab")
    tap.equal([x[0] for x in servers], [f"{NAME}:465", "second.many.lab:465"], "by priority")


def test_autoconfig(lab):
    """autoconfig over verified HTTPS; servers without TLS are left out"""
    for domain, source in (("xml.lab", "autoconfig.xml.lab"), ("known.lab", "known.lab")):
        address = f"anna@{domain}"
        expected = [(f"{NAME}:587", "starttls", address, source, True)]
        tap.equal(lab.find(address), (expected, None, 0), domain)


def test_nothing(lab):
    """No settings, a service that is not offered, no such page: nothing is published"""
    for domain in ("silent.lab", "no.lab", "empty.lab"):
        expected = ([], f"{domain} publishes no settings for mail programs", 1)
        tap.equal(lab.find(f"anna@{domain}"), expected, domain)
    done = lab.daemon.try_letterlock("account", "find", "anna")
    tap.equal(done.returncode, 2, done.stderr)


def whole(lab, address):
    (found,) = lab.daemon.letterlock("account", "find", address, "--json")
    return found["servers"][0]


def test_who_receives(lab):
    """A domain that says nothing: who receives its mail is asked, and never taken for proven"""
    expected = [(f"{NAME}:587", "starttls", "anna@hosted.lab", "autoconfig.hoster.lab", False)]
    tap.equal(lab.find("anna@hosted.lab"), (expected, None, 0), "hosted")
    server = whole(lab, "anna@hosted.lab")
    tap.equal([server[x] for x in ("received_at", "receiver", "listed")], ["mx1.in.hoster.lab", None, None], "MX")
    servers, _, _ = lab.find("anna@cluster.lab")
    tap.equal([x[0] for x in servers], ["smtp.two.many-clusters.lab:587"], "the cluster's own settings")
    done = lab.daemon.try_letterlock("account", "find", "anna@hosted.lab")
    tap.true("mail is received by mx1.in.hoster.lab" in done.stdout
             and "who receives letters, not who sends them" in done.stdout, done.stdout)  # fmt: skip
    done = lab.daemon.try_letterlock("account", "add", "anna@hosted.lab", "--yes")
    tap.true(done.returncode == 1 and "nothing proves" in done.stderr, done.stderr)


def test_large_providers(lab):
    """Google's and Microsoft's customers publish nothing: the shipped table says where they send"""
    fields = ("upstream", "security", "auth", "oauth2", "source", "proven", "received_at", "receiver")
    for domain, expected in (
        ("office.lab", ("smtp.gmail.com:465", "tls", "password", "google", "letterlock", False,
                        "aspmx.l.google.com", "Google (Gmail, Workspace)")),
        ("business.lab", ("smtp.office365.com:587", "starttls", "oauth2", "microsoft", "letterlock", False,
                          "business-lab.mail.protection.outlook.com",
                          "Microsoft (Exchange Online, Outlook.com)")),
    ):  # fmt: skip
        server = whole(lab, f"anna@{domain}")
        tap.equal(tuple(server[x] for x in fields), expected, domain)
        tap.true(server["listed"].startswith("20"), server)
    done = lab.daemon.try_letterlock("account", "find", "anna@office.lab")
    tap.true("received at Google (Gmail, Workspace), by its server aspmx.l.google.com" in done.stdout, done.stdout)
    status, _, said = lab.typed("1\n", "account", "add", "anna@office.lab", "--auth", "none", "--name", "google")
    tap.equal(status, 0, said)
    (account,) = lab.daemon.letterlock("account", "show", "google", "--json")
    tap.equal((account["upstream"], account["security"]), ("smtp.gmail.com:465", "tls"), "account")
    lab.daemon.letterlock("account", "remove", "google")


def test_receivers_that_say_nothing(lab):
    """A filter in front, wrong signatures, one's own host; never what everybody can register below"""
    for domain, reason in (
        ("filtered.lab", "filtered.lab publishes no settings for mail programs, nor does pphosted.com, who "
                         "receives its mail"),
        ("broken-host.lab", "The DNSSEC signatures of bogus.lab are wrong: nothing that its DNS says of mail "
                            "servers can be used"),
        ("self-hosted.lab", "self-hosted.lab publishes no settings for mail programs"),
        ("victim.lab", "victim.lab publishes no settings for mail programs, nor does shop.co.uk, who receives "
                       "its mail"),
    ):  # fmt: skip
        tap.equal(lab.find(f"anna@{domain}"), ([], reason, 1), domain)
    tap.equal(lab.world.policies.requests("autoconfig.co.uk", "/"), 0, "autoconfig.co.uk was asked")
    tap.equal(lab.world.policies.requests("autoconfig.self-hosted.lab", "/"), 1, "its own was asked")


def test_not_read(lab):
    """A wrong certificate, XML without its end, 5xx, nobody there: it is not known what is published"""
    for domain, words in (("wrong.lab", "certificate"), ("broken.lab", "XML"), ("ill.lab", "status 503"),
                          ("away.lab", "cannot be reached")):  # fmt: skip
        servers, reason, status = lab.find(f"anna@{domain}")
        tap.equal((servers, status), ([], 1), domain)
        tap.true(reason.startswith(f"What {domain} publishes could not be read: "), reason)
        tap.true(f"autoconfig.{domain}" in reason and words in reason, reason)


def test_bogus(lab):
    """DNSSEC signatures that are wrong end the search, with their own sentence"""
    servers, reason, status = lab.find("anna@bogus.lab")
    tap.equal((servers, status), ([], 1), "bogus.lab")
    tap.true(reason.startswith("The DNSSEC signatures of bogus.lab are wrong"), reason)


def test_both(lab):
    """SRV says where, autoconfig how to sign in there"""
    servers, _, _ = lab.find("anna@both.lab")
    tap.equal(servers, [(f"{NAME}:587", "starttls", "anna@both.lab", "_submission._tcp.both.lab", True)], "both")
    done = lab.daemon.try_letterlock("account", "add", "anna@both.lab", "--yes")
    tap.true(done.returncode == 1 and f"{NAME}:587 signs in with OAuth2" in done.stderr, done.stderr)


def test_taken_with_yes(lab):
    """account add ADDRESS --yes takes what is proven, and refuses what is not"""
    words = ["account", "add", "anna@signed.lab", "--username", USER, "--name", "proven"]
    done = lab.daemon.try_letterlock(*words, "--password-stdin", text=PASSWORD + "\n")
    tap.true(done.returncode == 1 and "--yes takes it" in done.stderr, done.stderr)
    (access,) = lab.daemon.letterlock(*words, "--yes", "--password-stdin", "--json", text=PASSWORD + "\n")
    tap.equal(access["account"], "proven", "account")
    lab.daemon.letterlock("account", "test", "proven")
    done = lab.daemon.try_letterlock("account", "add", "anna@unsigned.lab", "--yes")
    tap.true(done.returncode == 1 and "nothing proves" in done.stderr, done.stderr)
    tap.equal(len(lab.daemon.letterlock("account", "list", "--json")), 1, "accounts")


def test_oauth2(lab):
    """A server that wants OAuth2 is told, not added half; --auth says otherwise"""
    words = ["account", "add", "anna@oauth.lab", "--yes", "--name", "oauth"]
    done = lab.daemon.try_letterlock(*words)
    tap.true(done.returncode == 1 and f"{NAME}:587 signs in with OAuth2" in done.stderr, done.stderr)
    lab.daemon.letterlock(*words, "--auth", "password", "--password-stdin", text=PASSWORD + "\n")
    (account,) = lab.daemon.letterlock("account", "show", "oauth", "--json")
    tap.equal((account["auth"], account["username"]), ("password", "anna@oauth.lab"), "account")


def test_what_the_sign_in_needs(lab):
    """OAuth2 as the domain describes it, or as a known provider wants it, is found and used"""
    def find(domain):
        (found,) = lab.daemon.letterlock("account", "find", f"anna@{domain}", "--json")
        return found["servers"][0]

    told = ("auth", "authorization_url", "token_url", "scope", "oauth2", "app_password")
    expected = ("oauth2", "https://login.oauth.lab/authorize", "https://login.oauth.lab/token",
                "smtp offline_access", None, None)  # fmt: skip
    for domain in ("oauth.lab", "both.lab"):
        tap.equal(tuple(find(domain)[x] for x in told), expected, domain)
    google, microsoft = find("google.lab"), find("microsoft.lab")
    tap.equal((google["oauth2"], google["auth"]), ("google", "password"), "Google")
    tap.true("myaccount.google.com" in google["app_password"], google)
    tap.equal((microsoft["oauth2"], microsoft["auth"], microsoft["app_password"]),
              ("microsoft", "oauth2", None), "Microsoft")  # fmt: skip
    words = ["account", "add", "anna@oauth.lab", "--yes", "--name", "permitted", "--client-id", "x"]
    lab.daemon.letterlock(*words)
    (account,) = lab.daemon.letterlock("account", "show", "permitted", "--json")
    tap.equal((account["auth"], account["oauth2"], account["token_url"]),
              ("oauth2", "own", "https://login.oauth.lab/token"), "account")  # fmt: skip
    lab.daemon.letterlock("account", "remove", "permitted")


def test_chosen_at_a_terminal(lab):
    """A person sees what is proven and what is not, and chooses; no is no"""
    words = ["account", "add", "anna@unsigned.lab", "--auth", "none", "--name", "chosen"]
    status, out, said = lab.typed("n\n", *words)
    tap.true(status == 1 and "No account was added" in said and "no" in out, said)
    status, out, said = lab.typed("2\n", *words)
    tap.equal(status, 0, said)
    (account,) = lab.daemon.letterlock("account", "show", "chosen", "--json")
    tap.equal((account["upstream"], account["security"]), (f"{NAME}:587", "starttls"), "account")


if __name__ == "__main__":
    tap.main(Domains)
