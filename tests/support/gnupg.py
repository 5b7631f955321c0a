# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A GnuPG home of one test's own: keys are generated, and its agent ends with it."""

import os
import subprocess
import tempfile


class GnuPG:
    """Sockets of gpg-agent have short names only, so its home is in the temporary folder."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="ll-gpg-")
        self.environment = {"PATH": os.environ["PATH"], "GNUPGHOME": self.home, "LC_ALL": "C.UTF-8"}

    def run(self, *arguments, **options):
        done = subprocess.run(
            ["gpg", "--batch", "--quiet", *arguments],
            env=self.environment, capture_output=True, **options,
        )  # fmt: skip
        if done.returncode != 0:
            raise AssertionError(f"gpg {arguments}: {done.stderr.decode()}")
        return done.stdout

    def generate(self, user_id, *, passphrase="", expires="never", algorithm="future-default"):
        """The fingerprint of a new key: Curve25519, or "rsa3072" and the like."""
        secret = ["--pinentry-mode", "loopback", "--passphrase", passphrase]
        self.run(*secret, "--quick-gen-key", user_id, algorithm, "default", expires)
        fingerprint = self.fingerprint(user_id)
        if algorithm != "future-default":  # then gpg makes no subkey of its own accord
            self.run(*secret, "--quick-add-key", fingerprint, algorithm, "encr", expires)
        return fingerprint

    def fingerprint(self, user_id):
        listed = self.run("--with-colons", "--list-keys", f"={user_id}").decode()
        return next(x.split(":")[9] for x in listed.splitlines() if x.startswith("fpr"))

    def export(self, fingerprint):
        return self.run("--export", fingerprint)

    def export_secret(self, fingerprint):
        """Of a key without passphrase."""
        return self.run("--export-secret-keys", fingerprint)

    def import_(self, blob):
        self.run("--import", input=blob)

    def decrypt(self, blob):
        return self.run("--decrypt", input=blob)

    def status(self, blob):
        """What gpg says of opening it: {keyword: its words}"""
        lines = self.run("--status-fd", "1", "--output", "/dev/null", "--decrypt", input=blob).decode()
        words = [x.split()[1:] for x in lines.splitlines() if x.startswith("[GNUPG:] ")]
        return {x[0]: x[1:] for x in words}

    def import_certificate(self, certificate, authority):
        """Into gpgsm, its root trusted, its key with the agent and closed with "closed"; (SHA-1
        fingerprint, keygrip)"""
        path = certificate.pkcs12("closed", "-legacy", name="gpgsm.p12")
        with open(os.path.join(self.home, "gpg-agent.conf"), "a", encoding="ascii") as file:
            file.write("allow-preset-passphrase\n")
        with open(os.path.join(self.home, "trustlist.txt"), "w", encoding="ascii") as file:
            file.write(authority.sha1 + " S\n")
        subprocess.run(["gpgconf", "--reload", "gpg-agent"], env=self.environment, check=True)
        for more, given in (["--pinentry-mode", "loopback", "--passphrase-fd", "0", path], b"closed\n"), (
            [authority.file], None,
        ):  # fmt: skip
            subprocess.run(
                ["gpgsm", "--batch", "--disable-dirmngr", "--import", *more],
                env=self.environment, input=given, capture_output=True, check=True,
            )  # fmt: skip
        listed = subprocess.run(
            ["gpgsm", "--batch", "--with-colons", "--list-secret-keys"],
            env=self.environment, capture_output=True, check=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        rows = [x.split(":") for x in listed]
        return tuple(next(x[9] for x in rows if x[0] == kind) for kind in ("fpr", "grp"))

    def open_key(self, keygrip, passphrase="closed"):
        """As if the user had just given the passphrase."""
        tool = subprocess.run(
            ["gpgconf", "--list-dirs", "libexecdir"], capture_output=True, check=True, text=True
        ).stdout.strip()
        subprocess.run(
            [os.path.join(tool, "gpg-preset-passphrase"), "--preset", keygrip],
            env=self.environment, input=passphrase.encode(), check=True,
        )  # fmt: skip

    def key_ids(self, blob):
        """The keys that a message is encrypted to."""
        done = subprocess.run(
            ["gpg", "--batch", "--list-packets", "--list-only"],
            env=self.environment, input=blob, capture_output=True, check=False,
        )  # fmt: skip
        lines = done.stdout.decode().splitlines()
        return [x.split("keyid ")[1].strip() for x in lines if x.startswith(":pubkey enc packet")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, check=False)
        subprocess.run(["rm", "-rf", self.home], check=True)
