/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/decide.h"

#include "api/intl.h"
#include "api/names.h"
#include "api/read.h"

#define STATE(state) (1u << LL_STATE_##state)
#define LATER (STATE (WAITING) | STATE (QUEUED))

static const struct
{
  const char *name;
  const char *label;
  const char *call;
  const char *method;   /* of Release; NULL: as it is decided anew */
  guint states;         /* of a recipient */
  gboolean settles;     /* without a look at the letter itself */
  const char *question; /* in the window, where there is room for one */
} table[LL_N_DECISIONS] = {
  [LL_DECIDE_PGP] = { "pgp", N_ ("Lock with PGP"), "Release", "pgp", STATE (HELD), TRUE, NULL },
  [LL_DECIDE_SMIME]
  = { "smime", N_ ("Lock with S/MIME"), "Release", "smime", STATE (HELD), TRUE, NULL },
  [LL_DECIDE_ESCROW]
  = { "escrow", N_ ("Send pickup link"), "Release", "escrow", STATE (HELD), TRUE, NULL },
  [LL_DECIDE_CHECK] = { "check", N_ ("Check again"), "Release", NULL, STATE (HELD), FALSE, NULL },
  [LL_DECIDE_TRY] = { "try", N_ ("Try now"), "Retry", NULL, LATER, FALSE, NULL },
  [LL_DECIDE_REPEAT] = { "repeat", N_ ("Send again"), "Retry", NULL, STATE (UNCERTAIN), FALSE,
                         N_ ("Your provider may have taken this letter already. If it did, your "
                             "recipients get it twice.") },
  [LL_DECIDE_ANYWAY]
  = { "anyway", N_ ("Send anyway"), "Release", "open", STATE (HELD), TRUE,
      N_ ("On its way this letter may be read by others: nothing protects it there.") },
  [LL_DECIDE_DROP] = { "drop", N_ ("Don't send"), "Drop", NULL, STATE (HELD) | LATER, TRUE,
                       N_ ("The letter is given up. It stays in the list, as not sent.") },
};

gboolean
ll_decide_fits (GVariant *recipient, LlDecide decide)
{
  g_autofree const char **offers = NULL;
  LlState state;

  if (!ll_state_from_name (ll_read_text (recipient, "state"), &state)
      || (table[decide].states & (1u << state)) == 0)
    return FALSE;
  if (decide == LL_DECIDE_ANYWAY)
    return ll_read_flag (recipient, "may_send_anyway");
  if (table[decide].method == NULL)
    return TRUE;
  offers = ll_read_words (recipient, "offers");
  return g_strv_contains (offers, table[decide].method);
}

guint
ll_decide_offered (GVariant *recipient)
{
  guint offered = 0;

  for (LlDecide decide = 0; decide < LL_N_DECISIONS; decide++)
    offered |= (guint) ll_decide_fits (recipient, decide) << decide;
  return offered;
}

GStrv
ll_decide_recipients (GVariant *letter, const char *address, LlDecide decide)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);
      const char *one = ll_read_text (recipient, "address");

      if ((address == NULL || g_str_equal (one, address)) && ll_decide_fits (recipient, decide))
        g_strv_builder_add (found, one);
    }
  return g_strv_builder_end (found);
}

gboolean
ll_decide_settles (GVariant *letter, LlDecide decide)
{
  g_autoptr (GVariant) recipients = ll_read_list (letter, "recipients");
  gboolean any = FALSE;

  for (gsize i = 0; i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) recipient = g_variant_get_child_value (recipients, i);

      if (!g_str_equal (ll_read_text (recipient, "state"), "held"))
        continue;
      if (!ll_decide_fits (recipient, decide))
        return FALSE;
      any = TRUE;
    }
  return any && table[decide].settles;
}

const char *
ll_decide_label (LlDecide decide)
{
  return _ (table[decide].label);
}

const char *
ll_decide_question (LlDecide decide)
{
  return table[decide].question != NULL ? _ (table[decide].question) : NULL;
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

static GVariant *
arguments_of (const char *id, const char *const *recipients, LlDecide decide)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (g_str_equal (table[decide].call, "Retry"))
    return g_variant_new ("(s)", id); /* all of them, whatever */
  if (table[decide].method != NULL)
    g_variant_dict_insert (&options, "method", "s", table[decide].method);
  if (recipients != NULL)
    g_variant_dict_insert (&options, "recipients", "^as", recipients);
  return g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&options));
}

void
ll_decide_do (LlDaemon *daemon,
              const char *id,
              const char *const *recipients,
              LlDecide decide,
              GAsyncReadyCallback done,
              gpointer data)
{
  ll_daemon_call (daemon, table[decide].call, arguments_of (id, recipients, decide), NULL, done,
                  data);
}
