# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy hosts of the zone pol.lab (zones_cases.py), for tests/assess/sts-fetch.c: nginx on one
port of 127.0.0.1. Prints one line of JSON when it answers; "fetched DOMAIN" on stdin is answered
with how often that policy was asked for; stops when stdin is closed."""

import json
import sys
import tempfile

from certificates import Authority, self_signed
from policies import Policies, policy
from zones import free_port

PATH = "/.well-known/mta-sts.txt"
LINES = policy("enforce", "mx.new.lab").replace("\r\n", "\\n")


def publish(policies):
    folder = policies.folder
    good = [f"{x}.pol.lab" for x in ("good", "dual", "same", "notxt", "several", "invalid", "servfail")]
    for domain in good:
        policies.publish(domain, policy("enforce", "mx.new.lab"))
    policies.publish("none.pol.lab", policy("none"))
    policies.publish("testing.pol.lab", policy("testing", "mx.new.lab"))
    policies.publish("zero.pol.lab", policy("enforce", "mx.new.lab", max_age=0))
    policies.publish("garbage.pol.lab", "<html>It works</html>")
    policies.publish("missing.pol.lab", "", status=404)
    wrong = policies.authority.issue("www.pol.lab", stem="wrong")
    policies.publish("wrong.pol.lab", policy("enforce", "mx.new.lab"), certificate=wrong)
    own = self_signed(folder, "mta-sts.self.pol.lab")
    policies.publish("self.pol.lab", policy("enforce", "mx.new.lab"), certificate=own)
    places = {
        "html": f'default_type text/html; return 200 "{LINES}"',
        "moved": f"return 301 https://mta-sts.good.pol.lab:{policies.port}{PATH}",
    }
    for name, directive in places.items():
        policies.serve(f"mta-sts.{name}.pol.lab", {PATH: directive + ";"})


def main():
    with tempfile.TemporaryDirectory(prefix="ll-policies-") as folder:
        policies = Policies(folder, Authority(folder), "127.0.0.1", free_port())
        publish(policies)
        with policies:
            print(json.dumps({"port": policies.port, "ca": policies.authority.file}), flush=True)
            for line in sys.stdin:
                print(policies.fetched(line.split()[1]), flush=True)


main()
