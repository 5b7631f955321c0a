# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root's DS records out of IANA's root-anchors.xml (RFC 7958): stdin to stdout."""

import sys
import xml.etree.ElementTree

for key in xml.etree.ElementTree.parse(sys.stdin).getroot().iter("KeyDigest"):
    if "validUntil" not in key.attrib:
        fields = (key.findtext(x) for x in ("KeyTag", "Algorithm", "DigestType", "Digest"))
        print(".", "IN", "DS", *fields)
