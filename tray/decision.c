/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tray/decision.h"

#include "api/intl.h"
#include "api/read.h"

static const struct
{
  const char *name;
  const char *label;
  const char *method; /* of Release; NULL: Drop */
} table[LL_N_DECISIONS] = {
  [LL_DECIDE_PGP] = { "pgp", N_ ("Lock with PGP"), "pgp" },
  [LL_DECIDE_SMIME] = { "smime", N_ ("Lock with S/MIME"), "smime" },
  [LL_DECIDE_ANYWAY] = { "anyway", N_ ("Send anyway"), "open" },
  [LL_DECIDE_DROP] = { "drop", N_ ("Don't send"), NULL },
};

static gboolean
is_offered_to (GVariant *recipient, LlDecide decide)
{
  g_autofree const char **offers = ll_read_words (recipient, "offers");

  if (decide == LL_DECIDE_DROP)
    return TRUE;
  if (decide == LL_DECIDE_ANYWAY)
    return ll_read_flag (recipient, "may_send_anyway");
  return g_strv_contains (offers, table[decide].method);
}

gboolean
ll_decide_is_offered (GVariant *letter, LlDecide decide)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  gboolean any = FALSE;

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      if (!g_str_equal (ll_read_text (recipient, "state"), "held"))
        continue;
      if (!is_offered_to (recipient, decide))
        return FALSE;
      any = TRUE;
    }
  return any;
}

const char *
ll_decide_label (LlDecide decide)
{
  return _ (table[decide].label);
}

const char *
ll_decide_name (LlDecide decide)
{
  return table[decide].name;
}

gboolean
ll_decide_from_name (const char *name, LlDecide *decide)
{
  for (guint i = 0; i < LL_N_DECISIONS; i++)
    if (g_str_equal (name, table[i].name))
      {
        *decide = (LlDecide) i;
        return TRUE;
      }
  return FALSE;
}

void
ll_decide_do (
    LlDaemon *daemon, const char *id, LlDecide decide, GAsyncReadyCallback done, gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  const char *method = table[decide].method;

  if (method != NULL)
    g_variant_dict_insert (&options, "method", "s", method);
  ll_daemon_call (daemon, method != NULL ? "Release" : "Drop",
                  g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&options)), NULL, done, data);
}
