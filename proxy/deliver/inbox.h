/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/clock.h"
#include "config/account.h"
#include "net/resolver.h"
#include "secrets/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The user's own mailbox, account->imap (HOST:PORT): IMAP by libcurl, over TLS verified as
 * everywhere (RFC 3501, RFC 8314): implicit TLS on port 993, else STARTTLS, required. Nothing is
 * said before TLS. What blocks does so until its deadline. LL_WIRE_ERROR, LL_SECRET_ERROR or
 * LL_DELIVER_ERROR.
 */

typedef struct
{
  LlResolver *resolver;   /* (not owned) or NULL: the system's */
  LlSecretStore *secrets; /* (not owned) the account's password is used */
  const char *ca_file;    /* trusted as if shipped, or NULL */
  const char *proxy;
} LlInbox;

/* Puts @text into the INBOX, unread. */
gboolean ll_inbox_append (const LlInbox *inbox,
                          const LlAccount *account,
                          const char *text,
                          LlDeadline deadline,
                          GCancellable *cancellable,
                          GError **error);

/* The messages in the INBOX with @word (letters and digits) in them, at most
 * LL_INBOX_FOUND_MAX; they count as read then. Of GBytes, with free function. (transfer full) */
GPtrArray *ll_inbox_find (const LlInbox *inbox,
                          const LlAccount *account,
                          const char *word,
                          LlDeadline deadline,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
