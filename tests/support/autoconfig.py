# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a domain publishes about its mail servers for mail programs."""

PATH = "/mail/config-v1.1.xml"  # at autoconfig.DOMAIN
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"  # at DOMAIN itself
CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="{domain}"><domain>{domain}</domain>
<incomingServer type="imap"><hostname>imap.{domain}</hostname><port>993</port>
<socketType>SSL</socketType><authentication>{how}</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>plain.{domain}</hostname><port>25</port>
<socketType>plain</socketType><authentication>{how}</authentication></outgoingServer>
<outgoingServer type="smtp"><hostname>{host}</hostname><port>587</port>
<socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username>
<authentication>{how}</authentication></outgoingServer>
</emailProvider>{more}</clientConfig>
"""


def config(domain, host, how="password-cleartext", more=""):
    return CONFIG.format(domain=domain, host=host, how=how, more=more).encode()


def publish(world, domain, *arguments, records="", **options):
    """@records: what else is in its zone."""
    world.zones.zone(domain, f"{records}autoconfig A {world.policies.address}\n", signed=False)
    world.policies.serve(f"autoconfig.{domain}", {PATH: config(domain, *arguments, **options)})
