/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "spool/states.h"
#include "spool/store-private.h"

static LlState
state_of (GVariant *progress)
{
  guint32 state;

  g_variant_get_child (progress, 0, "u", &state);
  return (LlState) state;
}

/* As it would be written. What did not change is what the last record has. (transfer full) */
static GVariant *
format (const LlProgress *progress, GVariant *recorded)
{
  return ll_progress_is (progress, recorded) ? g_variant_ref (recorded)
                                             : g_variant_ref_sink (ll_format_progress (progress));
}

static gboolean
differ (GVariant *one, GVariant *other)
{
  return one != other && !g_variant_equal (one, other);
}

GVariant *
ll_changes_of (LlLetter *letter, GPtrArray *now, gboolean durable, GError **error)
{
  LlLetterKept *kept = ll_letter_kept (letter);
  gboolean unsaid = durable && kept->base != kept->sequence;
  GVariantBuilder changes;

  g_variant_builder_init (&changes, G_VARIANT_TYPE ("a(u(uubuxxmsmsma{sv}))"));
  for (guint i = 0; i < letter->progress->len; i++)
    {
      GVariant *recorded = kept->recorded->pdata[i];
      GVariant *synced = kept->synced->pdata[i];
      GVariant *progress = format (ll_letter_progress (letter, i), recorded);
      LlState from = state_of (recorded);
      LlState to = state_of (progress);

      g_ptr_array_add (now, progress);
      if (!ll_states_may_follow (from, to))
        {
          const char *last = ll_state_name (from);
          const char *next = ll_states_is_state (to) ? ll_state_name (to) : "a state there is not";

          g_critical ("Letter %s: %s cannot follow %s", letter->id, next, last);
          g_set_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT,
                       "Letter %s: a recipient that is %s cannot become %s", letter->id, last,
                       next);
          g_variant_builder_clear (&changes);
          return NULL;
        }
      unsaid = unsaid || progress != recorded;
      /* also what only an unsynced record said: that one may be lost, or not */
      if (differ (progress, synced) || differ (recorded, synced) || (i == 0 && unsaid))
        g_variant_builder_add (&changes, "(u@(uubuxxmsmsma{sv}))", i, progress);
    }
  if (!unsaid)
    {
      g_variant_builder_clear (&changes);
      return NULL;
    }
  return g_variant_builder_end (&changes);
}
