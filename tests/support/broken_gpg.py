# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gpg that goes wrong where a letter is locked, and is the real one in all else."""

import os
import stat

# The letter comes on stdin, the result goes to stdout, what happens to --status-fd.
GPG = r"""#!/bin/bash
case " $* " in *" --encrypt "*) ;; *) exec /usr/bin/gpg "$@" ;; esac
mode=$(cat "$0.mode")
other=$(cat "$0.other")
status=2 arguments=() next=
for word in "$@"; do
  case $next in
    --status-fd) status=$word ;;
    -r|--recipient) [ "$mode" = other ] && word=$other ;;
  esac
  [ "$mode" = unsigned ] && [ "$word" = --sign ] && continue
  arguments+=("$word")
  next=$word
done
done_well() { echo "[GNUPG:] BEGIN_ENCRYPTION 2 9" >&"$status"; echo "[GNUPG:] END_ENCRYPTION" >&"$status"; }
echo "$mode" >>"$0.log"
case $mode in
  exits) exit 2 ;;
  crashes) /usr/bin/gpg "$@" | head -c 300; kill -9 $$ ;;
  hangs) exec sleep 300 ;; # longer than anybody waits, and gone before the run ends
  clear) cat; done_well; exit 0 ;;
  base64)
    printf -- '-----BEGIN PGP MESSAGE-----\n\n'; base64 -w 64
    printf -- '-----END PGP MESSAGE-----\n'; done_well; exit 0 ;;
  nothing) cat >/dev/null; done_well; exit 0 ;;
  truncates) /usr/bin/gpg "$@" | head -c -100; exit 0 ;;
  other|unsigned) exec /usr/bin/gpg "${arguments[@]}" ;;
  more) exec /usr/bin/gpg -r "$other" "$@" ;;
  noise) yes noise | head -c 20000000 >&2; exec /usr/bin/gpg "$@" ;;
  flood) done_well; exec yes flood ;;
  endless) done_well; /usr/bin/gpg "$@" | head -c 300; exec yes more ;;
  gone) exec /nowhere/gpg "$@" ;;
  *) exec /usr/bin/gpg "$@" ;;
esac
"""

# GPGME asks gpgconf where gpg is.
GPGCONF = """#!/bin/bash
exec /usr/bin/gpgconf "$@" | sed 's,:/usr/bin/gpg$,:{gpg},; s,:/usr/bin/gpg:,:{gpg}:,'
"""


class BrokenGpg:
    """@folder has the program; path is what PATH must begin with."""

    def __init__(self, folder):
        self.path = folder
        self.gpg = os.path.join(folder, "gpg")
        os.makedirs(folder, exist_ok=True)
        self.program("gpg", GPG)
        self.program("gpgconf", GPGCONF.format(gpg=self.gpg))
        self.goes("well")
        self.note("other", "")

    def program(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, stat.S_IRWXU)

    def note(self, kind, text):
        # whole at once: it may be read just now
        with open(f"{self.gpg}.new", "w", encoding="utf-8") as file:
            file.write(text + "\n")
        os.replace(f"{self.gpg}.new", f"{self.gpg}.{kind}")

    def goes(self, mode):
        """From now on, and until another mode is set; forgets what was run."""
        self.note("mode", mode)
        if os.path.exists(f"{self.gpg}.log"):
            os.unlink(f"{self.gpg}.log")

    def ran(self):
        """The modes in which it was asked to lock something."""
        try:
            with open(f"{self.gpg}.log", encoding="utf-8") as file:
                return file.read().split()
        except FileNotFoundError:
            return []
