#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd letters, the same ones in every run: corpus.py OUTDIR writes NNN-name.eml.

Every letter is legal to submit (no NUL, no CR alone); some end their lines with LF only,
as clients do. They are made of bytes, not by a mail library: a library would make them even.
"""

import base64
import os
import quopri
import sys

WORDS = "letter lock spool relay dove garden Würde naïve façade 雪 Привет مرحبا 😀".split()
BASE = b"From: Office <me@a.example>\r\nTo: one@b.example\r\nSubject: %s\r\nMessage-ID: <%s@a.example>\r\n"


class Random:
    """A small generator of our own: Python's may change between versions."""

    def __init__(self, seed):
        self.state = seed * 2654435761 % 2**32 or 1

    def below(self, limit):
        self.state ^= self.state << 13 & 0xFFFFFFFF
        self.state ^= self.state >> 17
        self.state ^= self.state << 5 & 0xFFFFFFFF
        return self.state % limit

    def pick(self, items):
        return items[self.below(len(items))]

    def data(self, length):
        return bytes(self.below(256) for _ in range(length))

    def text(self, words):
        return " ".join(self.pick(WORDS) for _ in range(words))


def head(name, extra=b""):
    return BASE % (name.encode(), name.encode()) + extra


def lines(text):
    """Legal line ends, whatever bytes came."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"?").replace(b"\n", b"\r\n")


def mime(kind, boundary, parts, end=True):
    out = b"MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary=%s\r\n\r\n" % (kind, boundary)
    for part in parts:
        out += b"--" + boundary.strip(b'"') + b"\r\n" + part + b"\r\n"
    return out + (b"--" + boundary.strip(b'"') + b"--\r\n" if end else b"")


def part(kind, body, extra=b""):
    return b"Content-Type: " + kind + b"\r\n" + extra + b"\r\n" + body


def plain():
    """What most letters are."""
    yield "ascii", head("ascii") + b"\r\nHello\r\n"
    yield "utf-8", head("utf-8", b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n") + "\r\nGrüße, 雪\r\n".encode()
    yield "latin-1", head("latin-1", b"Content-Type: text/plain; charset=iso-8859-1\r\n") + b"\r\ncaf\xe9\r\n"
    yield "8-bit-undeclared", head("8-bit-undeclared") + bytes([b for b in range(1, 256) if b not in (10, 13)]).join([b"\r\n", b"\r\n"])
    yield "controls", head("controls") + b"\r\n" + bytes([b for b in range(1, 32) if b not in (10, 13)]) + b"\x7f\r\n"
    yield "empty-body", head("empty-body") + b"\r\n"
    yield "only-header", head("only-header")
    yield "header-cut-off", head("header-cut-off")[:-2]
    yield "no-header", b"\r\nJust a body\r\n"
    yield "no-header-no-blank", b"Just text without any header\r\nand more\r\n"
    yield "empty", b""
    yield "one-newline", b"\r\n"
    yield "one-byte", b"x"
    yield "only-newlines", b"\r\n" * 50
    yield "no-final-newline", head("no-final-newline") + b"\r\nNo newline here"
    yield "space-at-end", head("space-at-end") + b"\r\nspaces   \r\n\t \r\n  "
    yield "many-final-newlines", head("many-final-newlines") + b"\r\nx\r\n" + b"\r\n" * 100
    yield "mbox-from", b"From me@a.example Mon Jan  1 00:00:00 2024\r\n" + head("mbox-from") + b"\r\nFrom the start\r\n>From quoted\r\n"
    yield "format-flowed", head("format-flowed", b"Content-Type: text/plain; format=flowed; delsp=yes\r\n") + b"\r\nsoft \r\nbreak \r\n-- \r\nsig\r\n"
    yield "quoted-printable", head("quoted-printable", b"Content-Transfer-Encoding: quoted-printable\r\n") + b"\r\n=C3=BC=\r\n=20\r\n=\r\n=ZZ broken =\r\n"
    yield "base64-text", head("base64-text", b"Content-Transfer-Encoding: base64\r\n") + b"\r\n" + base64.encodebytes("Grüße".encode() * 50).replace(b"\n", b"\r\n")
    yield "base64-broken", head("base64-broken", b"Content-Transfer-Encoding: base64\r\n") + b"\r\n!!!not base64=\r\nAAA\r\n====\r\n"
    yield "encoding-unknown", head("encoding-unknown", b"Content-Transfer-Encoding: rot13\r\n") + b"\r\nUryyb\r\n"
    yield "charset-unknown", head("charset-unknown", b"Content-Type: text/plain; charset=klingon\r\n") + b"\r\n\xfe\xed\r\n"
    yield "utf-7", head("utf-7", b"Content-Type: text/plain; charset=utf-7\r\n") + b"\r\n+AGE-\r\n"
    yield "bom", b"\xef\xbb\xbf" + head("bom") + b"\r\nbom before the header\r\n"


def dots():
    """The end of data is a dot; these only look like it."""
    cases = [b".", b"..", b"...", b". ", b".\t", b".x", b"x\r\n.", b".\r\n.\r\n.", b"\r\n.\r\n", b".\r\n\r\n.", b"a.\r\n.b", b"." * 998, b"." * 3000]
    for n, case in enumerate(cases):
        yield f"dots-{n}", head(f"dots-{n}") + b"\r\n" + case + b"\r\n"
        yield f"dots-{n}-unended", head(f"dots-{n}-unended") + b"\r\n" + case
    yield "dot-in-header", head("dot-in-header", b"X-Dots: a\r\n .\r\n ..\r\n") + b"\r\nx\r\n"
    yield "dots-every-line", head("dots-every-line") + b"\r\n" + b".\r\n" * 5000


def long_lines():
    for length in (76, 77, 78, 79, 997, 998, 999, 1000, 1001, 2046, 2047, 2048, 4096, 8191, 16384, 65535, 65536, 65537, 200000):
        yield f"line-{length}", head(f"line-{length}") + b"\r\n" + b"x" * length + b"\r\nend\r\n"
    yield "line-8-bit", head("line-8-bit") + b"\r\n" + b"\xc3\xa9" * 40000 + b"\r\n"
    yield "line-of-spaces", head("line-of-spaces") + b"\r\n" + b" " * 3000 + b"\r\n"
    yield "line-across-chunks", head("line-across-chunks") + b"\r\n" + b"\r\n".join(b"%d" % n * 60 for n in range(3000)) + b"\r\n"
    yield "header-line-long", head("header-line-long", b"X-Long: " + b"a" * 5000 + b"\r\n") + b"\r\nx\r\n"


def sizes():
    """Around the chunks in which letters are kept."""
    for size in (4095, 4096, 65535, 65536, 65537, 131071, 131072, 131073, 1048576):
        first = head(f"size-{size}") + b"\r\n"
        body = (b"0123456789abcdef" * 4 + b"\r\n") * (size // 66 + 1)
        yield f"size-{size}", first + body[: size - len(first) - 2].rstrip(b"\r") .ljust(size - len(first) - 2, b"z") + b"\r\n"


def headers():
    odd = {
        "no-space": b"X-A:b\r\n", "many-spaces": b"X-A:     b\r\n", "space-before-colon": b"X-A : b\r\n",
        "empty": b"X-A:\r\n", "only-blanks": b"X-A:   \t \r\n", "folded": b"X-A: a\r\n b\r\n\tc\r\n",
        "folded-blank": b"X-A: a\r\n \r\n b\r\n", "folded-first": b"X-A:\r\n a\r\n", "tab": b"X-A:\tb\r\n",
        "8-bit-value": b"X-A: caf\xe9\r\n", "utf-8-value": "X-A: 雪\r\n".encode(), "8-bit-name": b"X-\xe9: b\r\n",
        "no-colon": b"this is no field\r\n", "colon-only": b": x\r\n", "colons": b"X-A:::::b\r\n",
        "equals-name": b"X-=A: b\r\n", "long-name": b"X-" + b"a" * 300 + b": b\r\n", "upper": b"X-UPPER: B\r\n",
        "trailing-spaces": b"X-A: b    \r\n", "only-comment": b"X-A: (only (a (comment)))\r\n",
        "unclosed-quote": b"X-A: \"unclosed\r\n", "control": b"X-A: a\x01\x02\x7fb\r\n", "esc": b"X-A: \x1b[31mred\r\n",
        "date-bad": b"Date: not a date\r\n", "date-old": b"Date: Mon, 1 Jan 1 00:00:00 +9999\r\n",
        "two-message-ids": b"Message-ID: <second@a.example>\r\n", "message-id-bare": b"Message-Id: bare\r\n",
        "two-subjects": b"Subject: another\r\n", "two-from": b"From: other@a.example\r\n", "two-to": b"To: x@c.example\r\nTo: y@d.example\r\n",
        "two-dates": b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nDate: Tue, 2 Jan 2024 00:00:00 +0000\r\n",
        "received": b"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n" * 60, "return-path": b"Return-Path: <>\r\n",
        "references-long": b"References:" + b"".join(b"\r\n <%d@a.example>" % n for n in range(400)) + b"\r\n",
        "in-reply-to-prose": b"In-Reply-To: Your message of Monday <a@b> about c\r\n", "sender": b"Sender: s@a.example\r\nReply-To: r@a.example\r\n",
        "dkim": b"DKIM-Signature: v=1; a=rsa-sha256; bh=" + b"A" * 44 + b"=;\r\n\tb=" + b"B" * 300 + b"\r\n",
        "autocrypt": b"Autocrypt: addr=me@a.example; keydata=\r\n " + b"\r\n ".join([b"mQ" * 38] * 40) + b"\r\n",
        "priority": b"X-Priority: 1 (Highest)\r\nImportance: high\r\n", "list": b"List-Id: <l.a.example>\r\nList-Post: <mailto:l@a.example>\r\n",
        "auto": b"Auto-Submitted: auto-generated\r\n", "bulk": b"Precedence: bulk\r\n", "tls-required": b"TLS-Required: No\r\n",
    }  # fmt: skip
    for name, extra in odd.items():
        yield f"header-{name}", head(f"header-{name}", extra) + b"\r\nbody\r\n"
    yield "header-huge", head("header-huge", b"".join(b"X-%d: %s\r\n" % (n, b"v" * 70) for n in range(2500))) + b"\r\nbody\r\n"
    yield "header-one-huge", head("header-one-huge", b"X-Huge:" + b"".join(b"\r\n %s" % (b"v" * 70) for n in range(3000)) + b"\r\n") + b"\r\nbody\r\n"
    yield "header-many-fields", head("header-many-fields", b"A: b\r\n" * 20000) + b"\r\nbody\r\n"
    yield "header-first-is-folded", b" starts with a fold\r\n" + head("header-first-is-folded") + b"\r\nbody\r\n"
    yield "header-garbage-first", b"garbage\r\n" + head("header-garbage-first") + b"\r\nbody\r\n"


def removed():
    """Fields that do not leave, and what only looks like them."""
    hidden = b"hidden@secret.example"
    odd = {
        "simple": b"Bcc: %s\r\n", "upper": b"BCC: %s\r\n", "odd-case": b"bCc: %s\r\n", "space": b"Bcc : %s\r\n", "tab": b"Bcc\t: %s\r\n",
        "folded": b"Bcc: a@b.example,\r\n %s,\r\n\tc@d.example\r\n", "folded-first": b"Bcc:\r\n %s\r\n", "folded-blank": b"Bcc: %s\r\n \r\n x@y.example\r\n",
        "empty": b"Bcc:\r\n", "twice": b"Bcc: %s\r\nX-Between: x\r\nBcc: y@z.example\r\n", "resent": b"Resent-To: a@b.example\r\nResent-Bcc: %s\r\n",
        "group": b"Bcc: undisclosed: %s, b@c.example;\r\n", "quoted": b"Bcc: \"a, b\" <%s>\r\n", "encoded": b"Bcc: =?utf-8?Q?=C3=BC?= <%s>\r\n",
        "8-bit": b"Bcc: caf\xe9 <%s>\r\n", "after-garbage": b"no field here\r\nBcc: %s\r\n", "mode": b"Letterlock-Mode: exclusive\r\n",
        "mode-folded": b"Letterlock-Mode:\r\n exclusive\r\n", "neighbours": b"X-Bcc: kept\r\nBcc: %s\r\nBccx: kept\r\n", "long": b"Bcc: " + b"a@b.example,\r\n " * 500 + b"%s\r\n",
    }  # fmt: skip
    for name, extra in odd.items():
        field = extra.replace(b"%s", hidden)
        yield f"bcc-{name}", head(f"bcc-{name}", field) + b"\r\nBcc: in the body stays\r\n"
        yield f"bcc-{name}-at-top", field + head(f"bcc-{name}-at-top") + b"\r\nbody\r\n"
    yield "bcc-last-unended", head("bcc-last-unended") + b"Bcc: " + hidden
    yield "bcc-in-part", head("bcc-in-part") + mime(b"mixed", b"b", [b"Bcc: kept@in.part\r\nContent-Type: text/plain\r\n\r\nx"])
    yield "bcc-in-forwarded", head("bcc-in-forwarded") + mime(b"mixed", b"b", [part(b"message/rfc822", b"Bcc: kept@in.part\r\nSubject: [encrypt] kept\r\n\r\nx")])


def subjects():
    odd = {
        "tag": b"[encrypt] Results", "tag-tls": b"[TLS] Results", "tag-hold": b"[hold]Results", "tags": b"[hold] [encrypt] Results",
        "tag-only": b"[encrypt]", "tag-blanks": b"[encrypt]  \t ", "tag-folded": b"[encrypt]\r\n Results\r\n\tof today", "tag-after-fold": b"\r\n [encrypt] Results",
        "re": b"Re: [encrypt] Results", "fwd": b"Fwd: [hold] Results", "middle": b"Results [encrypt]", "other": b"[JIRA-1] [encrypt] x", "unclosed": b"[encrypt Results",
        "q": b"=?utf-8?Q?[encrypt]_Gr=C3=BC=C3=9Fe?=", "q-hex": b"=?utf-8?q?=5Bencrypt=5D=20Gr=C3=BC=C3=9Fe?=", "q-split": b"=?utf-8?Q?[enc?=\r\n =?utf-8?Q?rypt]_Gr=C3=BC=C3=9Fe?=",
        "q-latin": b"=?iso-8859-1?Q?[encrypt]_caf=E9?=", "q-then-plain": b"=?utf-8?Q?[encrypt]?= plain", "plain-then-q": b"[encrypt] =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "q-broken": b"=?utf-8?Q?[encrypt]_=ZZ",
        "b": b"=?utf-8?B?" + base64.b64encode("[encrypt] Grüße".encode()) + b"?=", "b-two": b"=?utf-8?B?" + base64.b64encode(b"[encrypt] a") + b"?=\r\n =?utf-8?B?" + base64.b64encode("ü".encode()) + b"?=",
        "b-utf-16": b"=?utf-16?B?" + base64.b64encode(b"\xff\xfe" + "[hold] Grüße".encode("utf-16-le")) + b"?=", "b-broken": b"=?utf-8?B?W2VuY3J5cHRd!!?=", "language": b"=?utf-8*de?Q?[tls]_Gr=C3=BC=C3=9Fe?=",
        "8-bit": b"[tls] caf\xe9", "utf-8": "[tls] Grüße".encode(), "long": b"[encrypt] " + b"word " * 400, "empty": b"", "words-long": b"\r\n ".join([b"=?utf-8?Q?" + b"=C3=BC" * 10 + b"?="] * 30),
        "japanese": b"=?iso-2022-jp?B?" + base64.b64encode("[hold] 雪国".encode("iso-2022-jp")) + b"?=", "unknown-charset": b"=?x-none?Q?[encrypt]_x?=", "nested": b"=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=",
    }  # fmt: skip
    for name, value in odd.items():
        first = b"From: me@a.example\r\nTo: one@b.example\r\nSubject: " + value + b"\r\nMessage-ID: <subject-" + name.encode() + b"@a.example>\r\n"
        yield f"subject-{name}", first + b"\r\nbody\r\n"
    yield "subject-no-space", b"Subject:[encrypt]x\r\nFrom: me@a.example\r\n\r\nbody\r\n"
    yield "subject-unended", b"From: me@a.example\r\nSubject: [encrypt]"


def addresses():
    odd = [
        b"undisclosed-recipients:;", b"friends: a@b.example, \"B, C\" <d@e.example>;, f@g.example", b"<a@b.example>", b"a@b.example (comment)", b"\"quoted local\"@b.example",
        b"\"a\\\"b\" <a@b.example>", "Jörg <jörg@bücher.example>".encode(), b"=?utf-8?Q?J=C3=B6rg?= <a@b.example>", b"a@[192.0.2.1]", b"a@[IPv6:2001:db8::1]", b"@relay.example:a@b.example",
        b"a@b.example,, ,c@d.example,", b"no at sign", b"<>", b"a b c <", b"\"unclosed <a@b.example>", b"a@b.example\r\n ,c@d.example", b", ".join(b"u%d@b.example" % n for n in range(500)),
        b"A@B.EXAMPLE", b"a.@b.example, .a@b.example, a..b@c.example", b"group: nested: a@b.example;;", b"a@b", b"\xe9@b.example", b"a@b.example; c@d.example", b"mailto:a@b.example",
    ]  # fmt: skip
    for n, value in enumerate(odd):
        for field in (b"To", b"Cc"):
            name = f"address-{n}-{field.decode().lower()}"
            yield name, b"From: me@a.example\r\n" + field + b": " + value + b"\r\nMessage-ID: <" + name.encode() + b"@a.example>\r\n\r\nbody\r\n"


def trees():
    text = part(b"text/plain", b"Hello")
    html = part(b"text/html; charset=utf-8", "<p>Grüße".encode())
    octets = part(b"application/octet-stream", base64.encodebytes(Random(7).data(3000)).replace(b"\n", b"\r\n"), b"Content-Transfer-Encoding: base64\r\n")
    deep = text
    for level in range(40):
        deep = mime(b"mixed", b"level%d" % level, [deep])
    deeper = text
    for level in range(200):
        deeper = mime(b"mixed", b"level%d" % level, [deeper])
    same = text
    for level in range(10):
        same = mime(b"mixed", b"same", [same])
    cases = {
        "alternative": mime(b"alternative", b"b", [text, html]), "mixed": mime(b"mixed", b"b", [text, octets]), "deep-40": deep, "deep-200": deeper, "same-boundary": same,
        "no-parts": mime(b"mixed", b"b", []), "no-end": mime(b"mixed", b"b", [text], end=False), "never-begins": b"Content-Type: multipart/mixed; boundary=never\r\n\r\nno part at all\r\n",
        "no-boundary": b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n", "empty-boundary": b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx\r\n----\r\n",
        "quoted-boundary": mime(b"mixed", b"\"a b'()+_,-./:=?\"", [text]), "long-boundary": mime(b"mixed", b"x" * 70, [text]), "too-long-boundary": mime(b"mixed", b"x" * 2000, [text]),
        "prefix-boundaries": mime(b"mixed", b"b", [mime(b"mixed", b"bb", [text]), text]), "spaces-after": mime(b"mixed", b"b", [text]).replace(b"--b\r\n", b"--b  \t\r\n"), "preamble": mime(b"mixed", b"b", [text]).replace(b"\r\n\r\n--b", b"\r\n\r\npreamble\r\n--b", 1) + b"epilogue\r\n",
        "header-less-part": mime(b"mixed", b"b", [b"\r\nno header", b"\r\n"]), "part-without-blank": mime(b"mixed", b"b", [b"Content-Type: text/plain"]), "many-parts": mime(b"mixed", b"b", [b"\r\nx"] * 3000), "empty-parts": mime(b"mixed", b"b", [b""] * 50),
        "closed-twice": mime(b"mixed", b"b", [text]) + b"--b--\r\n--b\r\n\r\nafter the end\r\n", "forwarded": mime(b"mixed", b"b", [part(b"message/rfc822", head("inner") + mime(b"mixed", b"b", [text]))]), "partial": b"Content-Type: message/partial; id=a; number=1; total=2\r\n\r\n" + head("inner") + b"\r\nx\r\n",
        "external": b"Content-Type: message/external-body; access-type=URL; URL=\"http://x.example\"\r\n\r\nContent-Type: text/plain\r\n\r\n", "digest": mime(b"digest", b"b", [b"\r\n" + head("one") + b"\r\nx"]), "related": mime(b"related; type=\"text/html\"", b"b", [html, octets]),
        "report": mime(b"report; report-type=delivery-status", b"b", [text, part(b"message/delivery-status", b"Reporting-MTA: dns; a.example\r\n")]), "receipt": mime(b"report; report-type=disposition-notification", b"b", [text, part(b"message/disposition-notification", b"Disposition: manual-action/x; displayed\r\n")]),
        "invitation": mime(b"alternative", b"b", [text, part(b"text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")]), "calendar": mime(b"mixed", b"b", [text, part(b"text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")]),
        "signed": mime(b"signed; micalg=pgp-sha256; protocol=\"application/pgp-signature\"", b"b", [part(b"text/plain", b"signed  \r\nbytes"), part(b"application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\r\n\r\nAAAA\r\n-----END PGP SIGNATURE-----")]),
        "pgp-claimed": mime(b"encrypted; protocol=\"application/pgp-encrypted\"", b"b", [part(b"application/pgp-encrypted", b"Version: 1"), part(b"application/octet-stream", b"in clear")]), "pgp-one-part": mime(b"encrypted; protocol=\"application/pgp-encrypted\"", b"b", [part(b"application/pgp-encrypted", b"Version: 1")]),
        "pgp-quoted": b"\r\n> -----BEGIN PGP MESSAGE-----\r\n>\r\n> hQ==\r\n> -----END PGP MESSAGE-----\r\n", "pgp-no-end": b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n", "smime-signed": b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHAqCA\r\n",
        "content-type-broken": b"Content-Type: ;;;=\"\r\n\r\nx\r\n", "content-type-no-slash": b"Content-Type: text\r\n\r\nx\r\n", "content-type-twice": b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n", "parameters-2231": b"Content-Type: text/plain; name*0*=utf-8''%C3%BC; name*1=x; charset*=us-ascii'en'utf-8\r\n\r\nx\r\n",
        "uuencode": b"\r\nbegin 644 x\r\n#86)C\r\n`\r\nend\r\n", "yenc": b"\r\n=ybegin line=128 size=3 name=x\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n", "binary-part": mime(b"mixed", b"b", [part(b"application/octet-stream", lines(Random(3).data(20000)), b"Content-Transfer-Encoding: binary\r\n")]), "tnef": mime(b"mixed", b"b", [part(b"application/ms-tnef; name=winmail.dat", base64.encodebytes(b"\x78\x9f\x3e\x22" * 100).replace(b"\n", b"\r\n"), b"Content-Transfer-Encoding: base64\r\n")]),
    }  # fmt: skip
    for name, body in cases.items():
        yield f"mime-{name}", head(f"mime-{name}") + body


def random_letters():
    """Whatever nobody thought of, the same every time."""
    for n in range(60):
        random = Random(n + 1)
        name = f"random-{n}"
        body = lines(random.data(random.below(6000)))
        kind = random.below(5)
        if kind == 0:
            letter = head(name) + b"\r\n" + body
        elif kind == 1:
            letter = head(name, lines(random.data(300)).replace(b"\r\n", b"\r\nX-R: ") + b"\r\n") + b"\r\n" + body
        elif kind == 2:
            letter = head(name, b"Subject: " + random.text(30).encode() + b"\r\n") + b"\r\n" + random.text(500).replace(" ", "\r\n").encode()
        elif kind == 3:
            letter = head(name) + mime(b"mixed", b"b%d" % n, [part(b"text/plain; charset=utf-8", quopri.encodestring(random.text(80).encode()).replace(b"\n", b"\r\n"), b"Content-Transfer-Encoding: quoted-printable\r\n"), part(b"image/png", base64.encodebytes(random.data(2000)).replace(b"\n", b"\r\n"), b"Content-Transfer-Encoding: base64\r\n")])
        else:
            letter = head(name) + lines(b"".join(random.pick([b"--b\n", b"\n", b"Content-Type: text/plain\n", b"--b--\n", b"x", b".\n", b"Content-Type: multipart/mixed; boundary=b\n", b" ", b"\xff"]) for _ in range(400)))
        yield name, letter


def corpus():
    """All (name, bytes), in order."""
    found = []
    for group in (plain, dots, long_lines, sizes, headers, removed, subjects, addresses, trees, random_letters):
        found += group()
    # as several clients and every script on Unix submit them: LF only
    found += [(name + "-lf", letter.replace(b"\r\n", b"\n")) for name, letter in found[::5]]
    return found


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: corpus.py OUTDIR")
    os.makedirs(sys.argv[1], exist_ok=True)
    letters = corpus()
    assert len({name for name, _ in letters}) == len(letters), "a name is there twice"
    for number, (name, letter) in enumerate(letters):
        assert b"\0" not in letter and b"\r" not in letter.replace(b"\r\n", b""), name
        with open(os.path.join(sys.argv[1], f"{number:03}-{name}.eml"), "wb") as file:
            file.write(letter)
    print(f"{len(letters)} letters")


if __name__ == "__main__":
    main()
