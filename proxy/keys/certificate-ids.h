/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <openssl/x509v3.h>

G_BEGIN_DECLS

/* How letters that are locked for @certificate name it: by issuer and serial number, and by its
 * subject key identifier, in the words of message/sealed.h. RFC 5652 6.2. (transfer full) */
GStrv ll_certificate_ids (X509 *certificate);

G_END_DECLS
