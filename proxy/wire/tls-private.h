/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Between tls.c and tls-facts.c only: the SSL ex-data slot that keeps the leaf of a chain that
 * did not verify (an X509, owned by the SSL). */
int ll_tls_leaf_index (void);
