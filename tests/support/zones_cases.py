# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zones of the DNS cases, by the ids of the case list, and the faults that go with them."""

HASH = "8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"
TLSA = f"TLSA 3 1 1 {HASH}"
DAY = 86400


def big_tlsa_set(count):
    """Records that differ, each as long as a key: over 4 KB together."""
    return "".join(f"_25._tcp.mx TLSA 3 0 2 {i:04x}{'ab' * 62}\n" for i in range(count))


ZONES = {
    # DN01: everything signed
    "dn01.lab": f"@ MX 10 mx\nmx A 127.0.1.1\nmx AAAA ::1\n_25._tcp.mx {TLSA}\n",
    # DN06: signed, no TLSA (NXDOMAIN)
    "dn06.lab": "@ MX 10 mx\nmx A 127.0.1.6\n",
    # DN06b: signed, NODATA at the TLSA name
    "dn06b.lab": '@ MX 10 mx\nmx A 127.0.1.6\n_25._tcp.mx TXT "here"\n',
    # DN09, DN10: faults below make TLSA fail
    "dn09.lab": f"@ MX 10 mx\nmx A 127.0.1.9\n_25._tcp.mx {TLSA}\n",
    "dn10.lab": f"@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 127.0.1.10\nmx2 A 127.0.1.11\n"
    f"_25._tcp.mx1 {TLSA}\n_25._tcp.mx2 {TLSA}\n",
    # DN18: alias to a target with TLSA, in one signed zone
    "dn18.lab": f"@ MX 10 mx\nmx CNAME real\nreal A 127.0.1.18\n_25._tcp.real {TLSA}\n",
    # DN19: only at the original name
    "dn19.lab": f"@ MX 10 mx\nmx CNAME real\nreal A 127.0.1.19\n_25._tcp.mx {TLSA}\n",
    # DN19b: the target's look-up fails: the original is not asked
    "dn19b.lab": f"@ MX 10 mx\nmx CNAME again\nagain A 127.0.1.19\n_25._tcp.mx {TLSA}\n"
    # something must stand there, or a cached NSEC proves the absence without asking
    f"_25._tcp.again {TLSA}\n",
    # DN21: signed alias, unsigned target
    "dn21.lab": f"@ MX 10 mx\nmx CNAME mx.plain.lab.\n_25._tcp.mx {TLSA}\n",
    # DN24: the TLSA is an alias into an unsigned zone
    "dn24.lab": "@ MX 10 mx\nmx A 127.0.1.24\n_25._tcp.mx CNAME tlsa.plain.lab.\n",
    # the TLSA is an alias: into a signed zone, of nothing, of itself, into a zone that is broken
    "tlsa-alias.lab": "@ MX 10 mx\nmx A 127.0.1.24\n_25._tcp.mx CNAME _25._tcp.mx.dn01.lab.\n",
    "tlsa-dangling.lab": "@ MX 10 mx\nmx A 127.0.1.24\n_25._tcp.mx CNAME gone.dn01.lab.\n",
    "tlsa-loop.lab": "@ MX 10 mx\nmx A 127.0.1.24\n_25._tcp.mx CNAME round\nround CNAME _25._tcp.mx\n",
    "tlsa-bogus.lab": "@ MX 10 mx\nmx A 127.0.1.24\n_25._tcp.mx CNAME mx.dn12.lab.\n",
    # a signed list of a host that is not
    "insecure-host.lab": "@ MX 10 mx.plain.lab.\n",
    # DN25: wildcard
    "dn25.lab": f"@ MX 10 mx\nmx A 127.0.1.25\n*._tcp.mx {TLSA}\n",
    # DN27: the domain is an alias
    "alias.lab": "dn27 CNAME dn01.lab.\ndn27i CNAME insecure.lab.\n"
    "implicit CNAME dn28.lab.\ngone CNAME no-such.lab.\n",
    # DN28: no MX
    "dn28.lab": f"@ A 127.0.1.28\n_25._tcp {TLSA}\n",
    # wildcards: the list of servers, and a server
    "wildcard.lab": f"* MX 10 mx.wildcard.lab.\n*.hosts A 127.0.1.26\n@ MX 10 a.hosts\n"
    f"mx A 127.0.1.26\n_25._tcp.mx {TLSA}\n",
    # DN30: 30 records of 64 bytes and more
    "dn30.lab": "@ MX 10 mx\nmx A 127.0.1.30\n" + big_tlsa_set(30),
    "dn30b.lab": "@ MX 10 mx\nmx A 127.0.1.30\n" + big_tlsa_set(80),
    # DN31
    "dn31.lab": f"@ MX 10 mx\nmx A 127.0.1.31\n_25._tcp.mx 0 {TLSA}\n",
    # DN36: see the faults; dn36b's AAAA is bogus
    "dn36.lab": f"@ MX 10 mx\nmx A 127.0.1.36\nmx AAAA ::1\n_25._tcp.mx {TLSA}\n",
    "dn36b.lab": "@ MX 10 mx\nmx CNAME x.dn12.lab.\n",
    # several hosts, one of them dead
    "mixed.lab": "@ MX 10 mx.dn01.lab.\n@ MX 20 gone.dn01.lab.\n@ MX 30 mx.plain.lab.\n"
    "@ MX 10 mx.dn06.lab.\n",
    # a host that does not answer in time beside one that does
    "halfdead.lab": "@ MX 10 mx.dn01.lab.\n@ MX 20 mx.deadaddr.lab.\n",
    "deadaddr.lab": "mx A 127.0.1.2\n",
    # TLSA that cannot be used
    "dc25.lab": f"@ MX 10 mx\nmx A 127.0.1.1\n_25._tcp.mx TLSA 3 1 9 {HASH}\n",
    "dc27.lab": f"@ MX 10 mx\nmx A 127.0.1.1\n_25._tcp.mx TLSA 1 1 1 {HASH}\n",
    "dc22.lab": f"@ MX 10 mx\nmx A 127.0.1.1\n_25._tcp.mx TLSA 3 1 1 {HASH}\n"
    f"_25._tcp.mx TLSA 3 1 2 {HASH[:62]}\n",
    # N02, N03, null MX
    "nullmx.lab": "@ MX 0 .\n",
    "n02.lab": "@ MX 10 .\n",
    "nullmx-a.lab": "@ MX 0 .\n@ A 127.0.1.8\n",
    "nullmx-twice.lab": "@ MX 0 .\n@ MX 10 .\n",
    "n03.lab": "@ MX 0 .\n@ MX 10 mx.dn01.lab.\n",
    # N06
    "n06v6.lab": "@ AAAA ::1\n",
    "n06none.lab": '@ TXT "no address, no MX"\n',
    # N09
    "n09.lab": "@ MX 10 mx.dn01.lab.\n",
    "n09drop.lab": "@ MX 10 mx.dn01.lab.\n",
    # N12
    "n12.lab": "@ MX 10 192.0.2.1.\n@ MX 20 mx.dn01.lab.\n",
    "n12only.lab": "@ MX 10 192.0.2.1.\n",
    # N14
    "n14.lab": "@ MX 10 gone.dn01.lab.\n@ MX 20 none.dn06.lab.\n",
    # RFC 5321 5.1: servers that cannot be used do not make the domain its own one
    "n14a.lab": "@ MX 10 gone.dn01.lab.\n@ A 127.0.1.14\n",
    "n14v.lab": "@ MX 10 gone.plain.lab.\n",
    "loop.lab": "@ MX 10 mx\nmx CNAME round\nround CNAME mx\n",
    "dname.lab": "@ MX 10 mx.sub\nsub DNAME dn01.lab.\n",
    # N21: equal preference
    "n21.lab": "@ MX 10 b.dn21x.lab.\n@ MX 10 a.dn21x.lab.\n@ MX 10 C.dn21x.lab.\n@ MX 5 z.dn21x.lab.\n",
    "dn21x.lab": "a A 127.0.1.21\nb A 127.0.1.21\nc A 127.0.1.21\nz A 127.0.1.22\n",
    # N23: odd names
    "n23.lab": "@ MX 10 a\\000b.n23.lab.\n@ MX 20 under_score\n@ MX 30 a\\032b\n@ MX 40 mx.dn01.lab.\n"
    "under_score A 127.0.1.23\n",
    # more hosts than are looked at
    "many.lab": "".join(f"@ MX {i} h{i}\nh{i} A 127.0.2.{i}\n" for i in range(1, 41)),
    # a host behind thirty names without an address
    "hidden.lab": "".join(f"@ MX {i} gone{i}\n" for i in range(1, 31)) + "@ MX 99 mx.dn01.lab.\n",
    # private and public addresses
    "private.lab": "@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 10.0.0.1\nmx2 A 10.0.0.2\nmx2 A 192.0.2.2\n",
    # duplicates of one host
    "twice.lab": "@ MX 10 mx.dn01.lab.\n@ MX 20 mx.dn01.lab.\n",
    # control hosts, as control.py serves them; nobody listens at c7
    "control.lab": "".join(f"c{i} A 127.0.4.{i}\n" for i in range(1, 8)),
    # HTTPS hosts
    "web.lab": "ok A 127.0.0.1\nprivate A 10.1.1.1\nboth A 127.0.0.1\nboth A 192.0.2.1\n"
    "alias CNAME ok\ncn A 127.0.0.1\nwrong A 127.0.0.1\npartial A 127.0.0.1\nnone TXT x\n"
    "expired A 127.0.0.1\nself A 127.0.0.1\nwild A 127.0.0.1\nmail A 127.0.0.1\n"
    "local A 127.0.0.1\nold A 127.0.0.1\nclosed A 127.0.0.77\n",
}

# Policies, as policy_hosts.py serves them.
STS = 'TXT "v=STSv1; id=new"'
SERVED = "good same none testing zero garbage missing wrong self html moved"
ZONES["pol.lab"] = (
    "".join(f"_mta-sts.{x} {STS}\nmta-sts.{x} A 127.0.0.1\n" for x in SERVED.split())
    + "".join(f"mta-sts.{x} A 127.0.0.1\n" for x in "dual notxt several invalid servfail".split())
    + f"_mta-sts.dual {STS}\nmta-sts.dual AAAA ::1\n_mta-sts.several {STS}\n"
    + '_mta-sts.several TXT "v=STSv1; id=other"\n_mta-sts.invalid TXT "v=STSv1; id=a-b"\n'
    + f"_mta-sts.servfail {STS}\n_mta-sts.loop CNAME _mta-sts.round\n"
    + "_mta-sts.round CNAME _mta-sts.loop\n_mta-sts.bogus CNAME x.dn12.lab.\n"
    + f"_mta-sts.closed {STS}\nmta-sts.closed A 127.0.0.77\n_mta-sts.homeless {STS}\n"
    + f"_mta-sts.broken {STS}\nmta-sts.broken CNAME x.dn12.lab.\n"
)

UNSIGNED = {
    "plain.lab": f"@ MX 10 mx\nmx A 127.0.1.99\ntlsa {TLSA}\n_25._tcp.mx {TLSA}\n",
    # DN03: insecure MX, signed host with TLSA
    "dn03.lab": "@ MX 10 mx.dn01.lab.\n",
    # DN22: insecure alias to a signed target with TLSA
    "dn22.lab": "@ MX 10 mx\nmx CNAME mx.dn01.lab.\n",
    "insecure.lab": "@ MX 10 mx.dn01.lab.\n",
    "implicit.lab": f"@ A 127.0.1.28\n_25._tcp {TLSA}\n",
    "n06u.lab": '@ TXT "no address, no MX"\n',
    "n08.lab": "@ A 127.0.1.8\n",
    "n14u.lab": "@ MX 10 gone.dn01.lab.\n",
    "inullmx.lab": "@ MX 0 .\n",
}

FAULTS = [
    ("TLSA", "dn09.lab", "drop"),
    ("TLSA", "dn10.lab", "servfail"),
    ("TLSA", "again.dn19b.lab", "servfail"),
    ("AAAA", "mx.dn36.lab", "servfail"),
    ("TXT", "_mta-sts.servfail.pol.lab", "servfail"),
    ("MX", "n09.lab", "servfail"),
    ("MX", "n09drop.lab", "drop"),
    (None, "mx.deadaddr.lab", "drop"),
]


def add(lab):
    """All of them into @lab."""
    for name, text in ZONES.items():
        lab.zone(name, text)
    for name, text in UNSIGNED.items():
        lab.zone(name, text, signed=False)
    # DN12: signatures of the past (libunbound forgives a day)
    lab.zone("dn12.lab", "@ MX 10 mx\nmx A 127.0.1.12\nx A 127.0.1.12\n", dates=(-60 * DAY, -5 * DAY))
    # DN13: the parent vouches for keys that are not there
    lab.zone("dn13.lab", "@ MX 10 mx\nmx A 127.0.1.13\n", signed=False, ds=True)
    # DN07 needs a signed host under an unsigned TLSA name: a child zone cut at _tcp
    lab.zone("dn07.lab", "@ MX 10 mx\nmx A 127.0.1.7\n")
    lab.zone("_tcp.mx.dn07.lab", "", signed=False)
    # NSEC3 with the same questions
    lab.zone("nsec3.lab", f"@ MX 10 mx\nmx A 127.0.1.3\n_25._tcp.mx {TLSA}\n", nsec3=True)
    # opt-out: what is not there is not proven; so many iterations that nobody counts them (RFC 9276)
    lab.zone("optout.lab", "@ MX 10 mx\nmx A 127.0.1.3\n", nsec3="-p")
    lab.zone("iterations.lab", "@ MX 10 mx\nmx A 127.0.1.3\n", nsec3="-t 400")
    # keys of a kind that nobody knows: as unsigned (RFC 4035 5.2)
    unknown = f"unknown-keys.lab. IN DS 4711 200 2 {HASH}\n"
    lab.zone("unknown-keys.lab", f"@ MX 10 mx\nmx A 127.0.1.3\n_25._tcp.mx {TLSA}\n", ds=unknown)
    # signed for less time than it may be kept
    lab.zone("soon.lab", "@ MX 10 mx\nmx A 127.0.1.3\n", dates=(-DAY, 200), ttl=3600)
    # a reserved name that libunbound would answer by itself
    lab.zone("test", "")
    lab.zone("real.test", "@ MX 10 mx.dn01.lab.\n")
