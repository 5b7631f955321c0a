/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "keys/trust.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the user said of somebody's keys, and which one was used last: contacts.db in the
 * state folder, which the ledger's retention never touches (design 5).
 *
 * Thread-safe. Addresses are normalised ones, local parts compared without case.
 */

typedef struct _LlContacts LlContacts;

/* @folder: of the state. LL_STORE_ERROR. */
LlContacts *ll_contacts_new (const char *folder, GError **error);
void ll_contacts_free (LlContacts *contacts);

/* *out: ll_contact_key_clear. Nothing known: all NULL. */
void
ll_contacts_load (LlContacts *contacts, const char *address, LlMethod method, LlContactKey *out);
void ll_contact_key_clear (LlContactKey *key);

/* The user's word; each takes the place of what was said of this key before. An accepted key
 * takes the place of another one that was accepted. */
gboolean ll_contacts_accept (LlContacts *contacts,
                             const char *address,
                             LlMethod method,
                             const char *fingerprint,
                             GError **error);
gboolean ll_contacts_reject (LlContacts *contacts,
                             const char *address,
                             LlMethod method,
                             const char *fingerprint,
                             GError **error);

/* A letter was locked with it. */
void ll_contacts_used (LlContacts *contacts, const char *address, const LlKey *key);

/* The method that comes first for this contact; NONE: the order of the rules. */
LlMethod ll_contacts_preferred (LlContacts *contacts, const char *address);
gboolean
ll_contacts_prefer (LlContacts *contacts, const char *address, LlMethod method, GError **error);

/* What stands outside of locked letters to this contact; AUTO: nothing was said. */
LlSubject ll_contacts_subject (LlContacts *contacts, const char *address);
gboolean ll_contacts_set_subject (LlContacts *contacts,
                                  const char *address,
                                  LlSubject subject,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlContacts, ll_contacts_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlContactKey, ll_contact_key_clear)

G_END_DECLS
