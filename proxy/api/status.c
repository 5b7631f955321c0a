/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/status.h"

#include "api/intl.h"
#include "api/read.h"

static gulong
count (GVariant *status, const char *key)
{
  return (gulong) MAX (ll_read_number (status, key), 0);
}

gulong
ll_status_for_user (GVariant *status)
{
  return count (status, "held") + count (status, "uncertain");
}

static gulong
count_waiting (GVariant *status)
{
  return count (status, "waiting") + count (status, "queued");
}

static gboolean
is_state (GVariant *status, const char *state)
{
  return g_str_equal (ll_read_text (status, "state"), state);
}

char *
ll_status_sign_in (GVariant *status)
{
  g_autofree const char **accounts = status != NULL ? ll_read_words (status, "sign_in") : NULL;

  return accounts != NULL ? g_strdup (accounts[0]) : NULL;
}

static gboolean
needs_sign_in (GVariant *status)
{
  g_autofree char *account = ll_status_sign_in (status);

  return account != NULL;
}

static gboolean
is_locked (GVariant *status)
{
  return g_str_equal (ll_read_text (status, "keyring"), "locked");
}

LlRemedy
ll_status_remedy (GVariant *status)
{
  if (status == NULL)
    return LL_REMEDY_START;
  if (ll_read_flag (status, "paused"))
    return LL_REMEDY_GO_ON;
  if (is_locked (status))
    return LL_REMEDY_UNLOCK;
  if (!is_state (status, "offline") && needs_sign_in (status))
    return LL_REMEDY_SIGN_IN;
  return LL_REMEDY_NONE;
}

const char *
ll_remedy_label (LlRemedy remedy)
{
  switch (remedy)
    {
    case LL_REMEDY_START:
      return _ ("Start");
    case LL_REMEDY_GO_ON:
      return _ ("Go on");
    case LL_REMEDY_UNLOCK:
      return _ ("Unlock");
    case LL_REMEDY_SIGN_IN:
      return _ ("Sign in");
    case LL_REMEDY_NONE:
      break;
    }
  return NULL;
}

const char *
ll_status_trouble (GVariant *status)
{
  if (status == NULL)
    return _ ("Letterlock does not run: letters cannot be sent through it");
  if (ll_read_flag (status, "paused"))
    return _ ("Paused: letters are taken, and none leaves");
  if (is_locked (status))
    return _ ("Your keyring is locked: letters wait until it is open");
  if (g_str_equal (ll_read_text (status, "network"), "portal"))
    return _ ("This network wants you to sign in first: letters wait");
  if (is_state (status, "offline"))
    return _ ("No network: letters wait");
  if (needs_sign_in (status))
    return _ ("An account has to sign in at its provider: its letters wait");
  return NULL;
}

gulong
ll_status_unsent (GVariant *status)
{
  return count (status, "unsent");
}

char *
ll_status_unsent_words (gulong unsent)
{
  return g_strdup_printf (ngettext ("%lu letter is not sent yet", "%lu letters are not sent yet",
                                    unsent),
                          unsent);
}

char *
ll_status_counts (GVariant *status)
{
  gulong held = ll_status_for_user (status);
  gulong waiting = count_waiting (status);

  if (held > 0)
    return g_strdup_printf (ngettext ("%lu letter waits for your decision",
                                      "%lu letters wait for your decision", held),
                            held);
  if (waiting > 0)
    return g_strdup_printf (ngettext ("%lu letter waits to be sent", "%lu letters wait to be sent",
                                      waiting),
                            waiting);
  return g_strdup (_ ("Nothing waits"));
}

char *
ll_status_words (GVariant *status)
{
  const char *trouble = ll_status_trouble (status);
  gboolean is_paused = ll_read_flag (status, "paused");

  if (trouble != NULL && (status == NULL || is_paused || ll_status_for_user (status) == 0))
    return g_strdup (trouble);
  if (is_state (status, "blocked") && ll_status_for_user (status) + count_waiting (status) == 0)
    return g_strdup (_ ("This network hides the recipients' servers: less is known"));
  return ll_status_counts (status);
}
