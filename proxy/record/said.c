/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/said.h"

#include "api/text.h"

static LlFate
fate_of (GVariant *recipient)
{
  const char *method = "";
  const char *state = "";
  const char *bound = "";
  LlFate fate = { LL_METHOD_NONE, LL_STATE_CHECKING, LL_BOUND_NOBODY };

  g_variant_lookup (recipient, "method", "&s", &method);
  g_variant_lookup (recipient, "state", "&s", &state);
  g_variant_lookup (recipient, "bound", "&s", &bound);
  ll_method_from_name (method, &fate.method);
  ll_state_from_name (state, &fate.state);
  ll_bound_from_name (bound, &fate.bound);
  return fate;
}

/* Beside what the recipient's server showed. */
static void
prove_reply (GVariantDict *recipient)
{
  g_autoptr (GVariant) before
      = g_variant_dict_lookup_value (recipient, "proof", G_VARIANT_TYPE_VARDICT);
  g_auto (GVariantDict) proof = G_VARIANT_DICT_INIT (before);
  const char *reply;

  if (!g_variant_dict_lookup (recipient, "reply", "&s", &reply))
    return;
  g_variant_dict_insert (&proof, "reply", "s", reply);
  g_variant_dict_insert_value (recipient, "proof", g_variant_dict_end (&proof));
}

void
ll_said_add (GVariantDict *letter, const GPtrArray *recipients)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autofree LlFate *fates = g_new (LlFate, MAX (recipients->len, 1));
  const char *warning;

  for (guint i = 0; i < recipients->len; i++)
    fates[i] = fate_of (g_ptr_array_index (recipients, i));
  for (guint i = 0; i < recipients->len; i++)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (g_ptr_array_index (recipients, i));
      g_autoptr (GPtrArray) said = ll_text_always_said (fates, recipients->len, i);

      prove_reply (&dict);
      g_variant_dict_insert_value (&dict, "also",
                                   g_variant_new_strv ((const char *const *) said->pdata,
                                                       said->len));
      g_variant_builder_add_value (&list, g_variant_dict_end (&dict));
    }
  g_variant_dict_insert_value (letter, "recipients", g_variant_builder_end (&list));
  warning = ll_text_warning (fates, recipients->len);
  if (warning != NULL)
    g_variant_dict_insert (letter, "warning", "s", warning);
}
