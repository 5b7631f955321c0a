# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that we did not write open what was locked: each says what is inside, and who signed.

    gnupg.opened, sqop, rnp, pgpy            OpenPGP, with keys that were exported from gpg
    openssl, gpgsm, nss                      CMS, with a certificate's own files
"""

import base64
import contextlib
import email
import os
import re
import subprocess
import tempfile
import warnings

# A program that waits for a dialog or for more input is as good as one that cannot open it.
PATIENCE = 60


class CannotOpen(AssertionError):
    pass


def run(arguments, blob=None, environment=None, done_word=None):
    """@done_word: what the program writes on stderr when it succeeds, in place of its exit status."""
    try:
        done = subprocess.run(
            arguments, input=blob, capture_output=True, check=False, timeout=PATIENCE,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(environment or {})},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CannotOpen(f"{arguments[0]} does not end") from error
    if done.returncode != 0 if done_word is None else done_word not in done.stderr:
        raise CannotOpen(f"{arguments}: {done.stderr.decode(errors='replace')}")
    return done


@contextlib.contextmanager
def files(**contents):
    """A folder with these files; their paths by name."""
    with tempfile.TemporaryDirectory(prefix="ll-open-") as folder:
        paths = {"folder": folder}
        for name, content in contents.items():
            paths[name] = os.path.join(folder, name)
            with open(paths[name], "wb") as file:
                file.write(content)
        yield paths


# -- OpenPGP: (inside, fingerprint of the signer or None). @signer: his public key, or None: the
# letter is not signed ---------------------------------------------------------------------------


def armour(letter):
    """The OpenPGP message of a PGP/MIME letter."""
    return email.message_from_bytes(letter).get_payload()[1].get_payload().encode()


def gpg(message, _secret, _signer, home):
    done = run(["gpg", "--batch", "--status-fd", "2", "--decrypt"], message, home.environment)
    signed = re.search(rb"\[GNUPG:\] VALIDSIG ([0-9A-F]{40})", done.stderr)
    return done.stdout, signed and signed.group(1).decode()


def sqop(message, secret, signer, _home):
    with files(secret=secret, signer=signer or b"") as paths:
        said = os.path.join(paths["folder"], "said")
        check = [f"--verify-with={paths['signer']}", f"--verifications-out={said}"]
        done = run(["sqop", "decrypt", *(check if signer else []), paths["secret"]], message)
        if not signer:
            return done.stdout, None
        with open(said, encoding="ascii") as file:
            return done.stdout, file.read().split()[2]


def rnp(message, secret, signer, _home):
    with files(secret=secret, signer=signer or secret, message=message) as paths:
        home = ["--homedir", paths["folder"]]
        for key in (paths["secret"], paths["signer"]):
            run(["rnpkeys", *home, "--import-key", key])
        done = run(["rnp", *home, "--decrypt", paths["message"], "--output", "-"])
        signed = re.search(rb"Good signature made.*?\n\s+([0-9a-f]{40})\n", done.stderr, re.S)
        return done.stdout, signed and signed.group(1).decode().upper()


def pgpy(message, secret, signer, _home):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgpy as library

        opened = library.PGPKey.from_blob(secret)[0].decrypt(library.PGPMessage.from_blob(message))
        inside = bytes(opened.message)
        if not opened.is_signed:
            return inside, None
        key = library.PGPKey.from_blob(signer)[0]
        if not key.verify(opened):
            raise CannotOpen("PGPy: the signature is bad")
        return inside, str(key.fingerprint)


OPENPGP = {"gpg": gpg, "sqop": sqop, "rnp": rnp, "PGPy": pgpy}


# -- S/MIME: what is inside -----------------------------------------------------------------------


def cms(letter):
    """The ContentInfo of a letter, or of what was inside one."""
    return base64.b64decode(email.message_from_bytes(letter).get_payload())


def openssl(letter, who):
    return run(["openssl", "cms", "-decrypt", "-binary", "-recip", who.chain, "-inkey", who.key],
               letter).stdout  # fmt: skip


def openssl_verify(letter, authority):
    return run(["openssl", "cms", "-verify", "-binary", "-CAfile", authority.file], letter).stdout


class Gpgsm:
    """A home of gpgsm with one person's certificate and key."""

    def __init__(self, who):
        self.home = tempfile.mkdtemp(prefix="ll-sm-")
        self.environment = {"GNUPGHOME": self.home}
        # a passphrase for the file and for the agent: gpgsm asks for one in any case
        self.program = ["gpgsm", "--batch", "--disable-crl-checks", "--disable-dirmngr",
                        "--pinentry-mode", "loopback", "--passphrase-fd", "0"]  # fmt: skip
        bundle = who.pkcs12("practice", "-legacy", name=os.path.basename(self.home) + ".p12")
        self.ask(b"[GNUPG:] IMPORTED", "--import", bundle)
        # its root is trusted as gpg-agent wants to be told
        self.trust(who)

    def trust(self, who):
        root = run(["openssl", "x509", "-noout", "-fingerprint", "-sha1"], self.root_of(who)).stdout
        with open(os.path.join(self.home, "trustlist.txt"), "wb") as file:
            file.write(root.strip().partition(b"=")[2] + b" S relax\n")

    @staticmethod
    def root_of(who):
        with open(who.chain, "rb") as file:
            return b"-----BEGIN" + file.read().split(b"-----BEGIN")[-1]

    def ask(self, done_word, *arguments):
        """gpgsm's exit status is not 0 where another recipient's certificate is unknown to it."""
        return run([*self.program, "--status-fd", "2", *arguments], b"practice\n", self.environment,
                   done_word=done_word)  # fmt: skip

    def open(self, letter):
        with files(message=cms(letter)) as paths:
            return self.ask(b"[GNUPG:] DECRYPTION_OKAY", "--decrypt", paths["message"]).stdout

    def verify(self, letter):
        with files(message=cms(letter)) as paths:
            out = os.path.join(paths["folder"], "out")
            self.ask(b"[GNUPG:] GOODSIG", "--output", out, "--verify", paths["message"])
            with open(out, "rb") as file:
                return file.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["gpgconf", "--kill", "all"], check=False,
                       env={"PATH": os.environ["PATH"], **self.environment})  # fmt: skip
        subprocess.run(["rm", "-rf", self.home], check=True)


def nss(letter, who, authority):
    """cmsutil opens both layers, and checks a signature on its way."""
    bundle = who.pkcs12("practice", name="nss.p12")
    with files(message=cms(letter)) as paths:
        store = "sql:" + paths["folder"]
        run(["certutil", "-N", "-d", store, "--empty-password"])
        run(["certutil", "-A", "-d", store, "-n", "CA", "-t", ",C,", "-i", authority.file])
        run(["pk12util", "-d", store, "-i", bundle, "-W", "practice", "-K", ""])
        inside = run(["cmsutil", "-D", "-d", store, "-i", paths["message"]]).stdout
        if b"smime-type=signed-data" not in inside.partition(b"\r\n\r\n")[0]:
            return inside
        with open(paths["message"], "wb") as file:
            file.write(cms(inside))
        return run(["cmsutil", "-D", "-d", store, "-i", paths["message"]]).stdout
