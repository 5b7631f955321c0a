# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider's OAuth2 server, played by the test: Debian has none. It gives tokens as RFC 6749,
7636 and 8628 say, checks what it is asked, and tells Dovecot which tokens count (RFC 7662). What is
to go wrong is set by the test.

A browser is `browse`: the user agrees at once, and is led back to where he came from.
"""

import base64
import contextlib
import hashlib
import http.server
import json
import secrets
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request

CLIENT = "letterlock-of-the-office"
LENGTH = 900  # of an access token, in base64url: longer than a command may be


def one(values):
    return {name: value[0] for name, value in values.items()}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def tokens(self):
        return self.server.tokens

    def log_message(self, *_):
        pass

    def handle(self):
        # who does not trust the certificate, or does not wait, goes without a word
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            super().handle()

    def reply(self, status, value, headers=()):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        if address.path != "/authorize":
            self.reply(404, {})
            return
        where = self.tokens.authorize(one(urllib.parse.parse_qs(address.query)))
        self.reply(302, {}, [("Location", where)])

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        form = one(urllib.parse.parse_qs(self.rfile.read(length).decode(), keep_blank_values=True))
        with self.tokens.lock:
            self.tokens.asked.append((self.path, form))
        fault = self.tokens.faults.get(self.path)
        if fault is not None:
            fault(self, form)
        elif self.path == "/token":
            self.reply(*self.tokens.token(form))
        elif self.path == "/device":
            self.reply(*self.tokens.device(form))
        elif self.path == "/introspect":
            self.reply(200, self.tokens.introspect(form["token"]))
        else:
            self.reply(404, {})


class TokenServer:
    """@certificate None: without TLS, for Dovecot next door; the other one's tokens are its own."""

    def __init__(self, certificate, name, address, port=443, user="anna@provider.lab"):
        self.name = name
        self.user = user
        self.lock = threading.Lock()
        self.asked = []  # (path, form)
        self.faults = {}  # path -> function (handler, form)
        self.lifetime = 3600
        self.length = LENGTH
        self.secret = None  # that has to come with the client id
        self.rotates = True
        self.scope = "smtp"  # of what it gives
        self.agrees = True
        self.device_agreed = threading.Event()
        self.codes = {}  # code -> what was asked with it
        self.refresh = set()
        self.access = {}  # token -> user
        self.certificate = certificate
        self.where = address, port
        self.introspection = f"http://{address}:8080/introspect"

    def _server(self, address, port, certificate):
        server = http.server.ThreadingHTTPServer((address, port), Handler, bind_and_activate=False)
        server.daemon_threads = True
        server.allow_reuse_address = True
        server.tokens = self
        server.server_bind()
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain, certificate.key)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        server.server_activate()
        return server

    def __enter__(self):
        address, port = self.where
        self.servers = [self._server(address, port, self.certificate), self._server(address, 8080, None)]
        self.threads = [
            threading.Thread(target=x.serve_forever, args=(0.05,), daemon=True) for x in self.servers
        ]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def settings(self):
        """For `account add`."""
        base = f"https://{self.name}"
        return [
            "--oauth2", "own", "--client-id", CLIENT, "--scope", "smtp offline_access",
            "--authorization-url", f"{base}/authorize", "--token-url", f"{base}/token",
            "--device-url", f"{base}/device",
        ]  # fmt: skip

    # -- what it does --------------------------------------------------------------------

    def authorize(self, asked):
        """Where the browser is sent."""
        back = {"state": asked["state"]}
        good = (
            asked["response_type"] == "code" and asked["client_id"] == CLIENT
            and asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
            and asked["redirect_uri"].startswith("http://127.0.0.1:")
        )  # fmt: skip
        if not good:
            back["error"] = "invalid_request"
        elif not self.agrees:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(24)
            self.codes[back["code"]] = asked
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode(back)

    def give(self, used=None):
        """@used: the refresh token that was shown; it ends where there is a new one."""
        token = secrets.token_urlsafe(self.length)
        answer = {
            "access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": self.scope,
        }  # fmt: skip
        with self.lock:
            self.access[token] = self.user
            if self.rotates or used is None:
                answer["refresh_token"] = secrets.token_urlsafe(48)
                self.refresh.discard(used)
                self.refresh.add(answer["refresh_token"])
        return 200, answer

    def token(self, form):
        if form.get("client_id") != CLIENT or form.get("client_secret") != self.secret:
            return 401, {"error": "invalid_client"}
        kind = form["grant_type"]
        if kind == "authorization_code":
            return self.exchange(form)
        if kind == "refresh_token":
            if form["refresh_token"] not in self.refresh:
                return 400, {"error": "invalid_grant", "error_description": "no such permission"}
            return self.give(form["refresh_token"])
        if not self.device_agreed.is_set():
            return 400, {"error": "authorization_pending"}
        return self.give()

    def exchange(self, form):
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if asked["code_challenge"] != proof:
            return 400, {"error": "invalid_grant", "error_description": "wrong verifier"}
        return self.give()

    def device(self, form):
        return 200, {
            "device_code": secrets.token_urlsafe(24), "user_code": "WDJB-MJHT", "interval": 1,
            "verification_uri": f"https://{self.name}/type", "expires_in": 600,
        }  # fmt: skip

    def introspect(self, token):
        user = self.access.get(token)
        if user is None:
            return {"active": False}
        return {"active": True, "username": user, "scope": self.scope}

    # -- what the test does ------------------------------------------------------------------

    def count(self, path, kind=None):
        with self.lock:
            return sum(p == path and kind in (None, f.get("grant_type")) for p, f in self.asked)

    def revoke(self):
        """Everything that it gave ends."""
        with self.lock:
            self.access.clear()
            self.refresh.clear()

    def end_access(self):
        """Only what was given to sign in with; new ones are to be had."""
        with self.lock:
            self.access.clear()


def fail(status, body=b"out of order"):
    """A fault: this answer, whatever is asked."""
    return lambda handler, form: handler.reply(status, body)


def browse(url, authority):
    """What a browser does with @url: (status, the page at the end)."""
    context = ssl.create_default_context(cafile=authority)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(url, timeout=60) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()
