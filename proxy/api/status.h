/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The state of the whole in words for people: @status is as Status of the bus, NULL while nobody
 * answers. No sentence ends. */

/* What stands in the way of all letters; NULL: nothing does. (static) */
const char *ll_status_trouble (GVariant *status);

/* What the user can do about that. */
typedef enum
{
  LL_REMEDY_NONE,
  LL_REMEDY_START,   /* the service */
  LL_REMEDY_GO_ON,   /* after a pause */
  LL_REMEDY_UNLOCK,  /* the keyring (api/unlock.h) */
  LL_REMEDY_SIGN_IN, /* ll_daemon_sign_in, the first account of the status */
} LlRemedy;
LlRemedy ll_status_remedy (GVariant *status);

/* "Unlock"; NULL for LL_REMEDY_NONE. (static) */
const char *ll_remedy_label (LlRemedy remedy);

/* The first account for which the user has to sign in; NULL: none. (transfer full) */
char *ll_status_sign_in (GVariant *status);

/* How many letters wait for the user to decide. */
gulong ll_status_for_user (GVariant *status);

/* How many letters would stay behind if the machine stopped now. */
gulong ll_status_unsent (GVariant *status);
/* "2 letters are not sent yet" (transfer full) */
char *ll_status_unsent_words (gulong unsent);

/* Letters that wait: for the user first, then for anything. (transfer full) */
char *ll_status_counts (GVariant *status);

/* One sentence that is enough by itself: what the user can do something about, first.
 * (transfer full) */
char *ll_status_words (GVariant *status);

G_END_DECLS
