# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private CA and the good and bad certificates that a test asks for.

    ca = Authority(folder)                    # ca.file is what a client trusts
    good = ca.issue("mx.good.lab")            # good.chain, good.key: PEM files
    old = ca.issue("mx.old.lab", expired=True)
    bad = ca.issue("mx.bad.lab", names=["other.lab"])
    own = self_signed(folder, "mx.self.lab")
    good.tlsa(3, 1, 1)                        # "3 1 1 <hex>", to publish
    good.pin                                  # SHA-256 of the public key, hex
"""

import datetime
import hashlib
import ipaddress
import os
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


def _now():
    return datetime.datetime.utcnow()


def _key(kind):
    """An "ec" key, or "rsa" with a number of bits behind it: "rsa1024"."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind[3:] or 2048))


def _name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path, content):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    return path


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Certificate:
    """A leaf (or a CA) on disk: .chain (leaf first), .key, .both in one file."""

    def __init__(self, folder, stem, certificate, key, issuers=()):
        self.certificate = certificate
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain = _pem(certificate) + b"".join(_pem(i) for i in issuers)
        self.chain = _write(os.path.join(folder, stem + ".crt"), chain)
        self.key = _write(os.path.join(folder, stem + ".key"), private)
        self.both = _write(os.path.join(folder, stem + ".pem"), private + chain)

    def _selected(self, selector):
        if selector == 0:
            return self.certificate.public_bytes(serialization.Encoding.DER)
        return self.certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def tlsa(self, usage=3, selector=1, matching=1):
        data = self._selected(selector)
        digest = {0: bytes.hex, 1: lambda d: hashlib.sha256(d).hexdigest()}
        digest[2] = lambda d: hashlib.sha512(d).hexdigest()
        return f"{usage} {selector} {matching} {digest[matching](data)}"

    def pkcs12(self, passphrase, *options, name="own.p12"):
        """A file with certificate, key and issuers, as `openssl pkcs12 -export` writes it."""
        path = os.path.join(os.path.dirname(self.chain), name)
        subprocess.run(
            ["openssl", "pkcs12", "-export", "-in", self.chain, "-inkey", self.key, "-out", path,
             "-passout", "stdin", *options],
            input=passphrase + "\n", text=True, check=True, capture_output=True,
        )  # fmt: skip
        return path

    @property
    def pin(self):
        return hashlib.sha256(self._selected(1)).hexdigest()

    @property
    def sha1(self):
        """As gpgsm names it."""
        return self.certificate.fingerprint(hashes.SHA1()).hex().upper()

    @property
    def fingerprint(self):
        return hashlib.sha256(self._selected(0)).hexdigest()


def _build(subject, issuer, public, begin, end):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _usage(names):
    known = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: name in names for name in known})


def _leaf(subject, issuer, key, names, expired, early, days, client=False):
    begin, end = _now() - DAY, _now() + days * DAY
    if expired:
        begin, end = _now() - 400 * DAY, _now() - 2 * DAY
    if early:
        begin, end = _now() + 2 * DAY, _now() + 400 * DAY
    usage = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
    builder = _build(subject, issuer, key.public_key(), begin, end).add_extension(
        x509.ExtendedKeyUsage([usage]), critical=False
    )
    if names:
        alternatives = x509.SubjectAlternativeName([_alternative(n) for n in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder


class Authority(Certificate):
    """A CA; .file is its certificate alone. With @issuer it is an intermediate."""

    def __init__(self, folder, name="Practice CA", issuer=None, more=()):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.issuer = issuer
        self._key = _key("ec")
        signer = issuer._key if issuer else self._key
        above = issuer.certificate.subject if issuer else _name(name)
        begin, end = _now() - 500 * DAY, _now() + 3650 * DAY
        builder = (
            _build(_name(name), above, self._key.public_key(), begin, end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    False, False, False, False, False, True, True, False, False
                ),
                critical=True,
            )
        )
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(signer, hashes.SHA256())
        stem = name.lower().replace(" ", "-")
        super().__init__(folder, stem, certificate, self._key)
        self.file = self.chain

    def issue(
        self, name, names=None, *, expired=False, early=False, key="ec", days=90,
        cn_only=False, chain=True, client=False, stem=None,
    ):  # fmt: skip
        """A leaf for @name; @names replaces its alternative names, @chain sends the issuers."""
        private = _key(key)
        listed = [] if cn_only else (names if names is not None else [name])
        subject = _name((names or [name])[0] if names else name)
        builder = _leaf(
            subject, self.certificate.subject, private, listed, expired, early, days, client
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        above, authority = [], self
        while chain and authority is not None:
            above.append(authority.certificate)
            authority = authority.issuer
        return Certificate(self.folder, stem or name.replace("*", "_"), certificate, private, above)

    def issue_for_mail(
        self, address, *, key="rsa2048", usage=None, purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION,
        days=90, more=(), stem=None,
    ):  # fmt: skip
        """A person's certificate for S/MIME; @usage: names of key usages, @days may be negative,
        @more: further extensions."""
        private = _key(key)
        subject = _name(address.partition("@")[0].title())
        begin, end = (_now() - DAY, _now() + days * DAY) if days > 0 else (_now() - 400 * DAY, _now() + days * DAY)
        builder = (
            _build(subject, self.certificate.subject, private.public_key(), begin, end)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        )  # fmt: skip
        if usage is not None:
            builder = builder.add_extension(_usage(usage), critical=True)
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        issuers = [self.certificate] + ([self.issuer.certificate] if self.issuer else [])
        return Certificate(self.folder, stem or address, certificate, private, issuers)


def self_signed(folder, name, *, names=None, key="ec", days=90, expired=False, stem=None):
    os.makedirs(folder, exist_ok=True)
    private = _key(key)
    subject = _name(name)
    builder = _leaf(subject, subject, private, names or [name], expired, False, days)
    certificate = builder.sign(private, hashes.SHA256())
    return Certificate(folder, stem or "self-" + name, certificate, private)
