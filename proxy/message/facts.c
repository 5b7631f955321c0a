/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/parse.h"

#include "message/headers.h"

#include <string.h>

void
ll_message_facts_free (LlMessageFacts *facts)
{
  if (facts == NULL)
    return;
  g_free (facts->message_id);
  g_free (facts->subject);
  g_free (facts->from);
  g_strfreev (facts->visible);
  g_strfreev (facts->sealed_for);
  g_strfreev (facts->tags);
  g_free (facts->mode);
  g_strfreev (facts->references);
  g_clear_pointer (&facts->edits, g_ptr_array_unref);
  g_free (facts);
}

gboolean
ll_message_is_blind (const LlMessageFacts *facts, const LlRecipient *recipient)
{
  /* local parts that differ in case only: nobody has two such people in one letter */
  for (char **visible = facts->visible; visible != NULL && *visible != NULL; visible++)
    if (g_ascii_strcasecmp (*visible, recipient->address) == 0
        || g_ascii_strcasecmp (*visible, recipient->original) == 0)
      return FALSE;
  return TRUE;
}

/* -- for the spool: a dictionary, so that versions can add to it ----------------------------- */

static void
add_number (GVariantBuilder *all, const char *key, guint32 number)
{
  if (number != 0)
    g_variant_builder_add (all, "{sv}", key, g_variant_new_uint32 (number));
}

static void
add_flag (GVariantBuilder *all, const char *key, gboolean flag)
{
  if (flag)
    g_variant_builder_add (all, "{sv}", key, g_variant_new_boolean (TRUE));
}

static void
add_text (GVariantBuilder *all, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (all, "{sv}", key, g_variant_new_string (text));
}

/* Header values are whatever a client wrote: what is not UTF-8 is made so. */
static void
add_texts (GVariantBuilder *all, const char *key, GStrv texts)
{
  GVariantBuilder array;

  if (texts == NULL || texts[0] == NULL)
    return;
  g_variant_builder_init (&array, G_VARIANT_TYPE_STRING_ARRAY);
  for (char **text = texts; *text != NULL; text++)
    g_variant_builder_add_value (&array, g_variant_new_take_string (g_utf8_make_valid (*text, -1)));
  g_variant_builder_add (all, "{sv}", key, g_variant_builder_end (&array));
}

/* Replacements are octets of the header, in whatever charset. */
static void
add_edits (GVariantBuilder *all, const GPtrArray *edits)
{
  GVariantBuilder array;

  if (edits == NULL || edits->len == 0)
    return;
  g_variant_builder_init (&array, G_VARIANT_TYPE ("a(ttays)"));
  for (guint i = 0; i < edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (edits, i);

      g_variant_builder_add (&array, "(tt@ays)", edit->offset, edit->length,
                             g_variant_new_bytestring (edit->replacement), edit->what);
    }
  g_variant_builder_add (all, "{sv}", "edits", g_variant_builder_end (&array));
}

/* What is not there is zero, false or nothing, as in most letters most of it is. */
GVariant *
ll_message_facts_to_variant (const LlMessageFacts *facts)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&all, "{sv}", "header-length",
                         g_variant_new_uint64 (facts->header_length));
  g_variant_builder_add (&all, "{sv}", "size", g_variant_new_uint64 (facts->size));
  add_flag (&all, "has-8bit", facts->has_8bit);
  add_flag (&all, "header-8bit", facts->header_8bit);
  add_flag (&all, "cut-found", facts->cut_found);
  add_number (&all, "kind", facts->kind);
  add_number (&all, "protection", facts->protection);
  add_flag (&all, "sealed-whole", facts->sealed_whole);
  add_flag (&all, "signed", facts->is_signed);
  add_flag (&all, "text", facts->is_text);
  add_number (&all, "parts", facts->parts);
  add_flag (&all, "tls-required-no", facts->tls_required_no);
  add_flag (&all, "reply", facts->reply);
  add_text (&all, "message-id", facts->message_id);
  add_text (&all, "subject", facts->subject);
  add_text (&all, "from", facts->from);
  add_text (&all, "mode", facts->mode);
  add_texts (&all, "visible", facts->visible);
  add_texts (&all, "tags", facts->tags);
  add_texts (&all, "references", facts->references);
  add_texts (&all, "sealed-for", facts->sealed_for);
  add_edits (&all, facts->edits);
  return g_variant_builder_end (&all);
}

static GStrv
lookup_texts (GVariantDict *dict, const char *key)
{
  GStrv texts = NULL;

  if (!g_variant_dict_lookup (dict, key, "^as", &texts))
    texts = g_new0 (char *, 1);
  return texts;
}

static GPtrArray *
lookup_edits (GVariantDict *dict)
{
  GPtrArray *edits = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_edit_free);
  g_autoptr (GVariantIter) iter = NULL;
  guint64 offset, length;
  const char *what;
  GVariant *replacement;

  if (!g_variant_dict_lookup (dict, "edits", "a(ttays)", &iter))
    return edits;
  while (g_variant_iter_next (iter, "(tt@ay&s)", &offset, &length, &replacement, &what))
    {
      g_ptr_array_add (edits, ll_edit_new (offset, length, g_variant_get_bytestring (replacement),
                                           ll_edit_what (what)));
      g_variant_unref (replacement);
    }
  return edits;
}

LlMessageFacts *
ll_message_facts_from_variant (GVariant *variant)
{
  LlMessageFacts *facts = g_new0 (LlMessageFacts, 1);
  guint32 kind = 0;
  guint32 protection = 0;
  GVariantDict dict;

  g_variant_dict_init (&dict, variant);
  g_variant_dict_lookup (&dict, "header-length", "t", &facts->header_length);
  g_variant_dict_lookup (&dict, "size", "t", &facts->size);
  g_variant_dict_lookup (&dict, "has-8bit", "b", &facts->has_8bit);
  g_variant_dict_lookup (&dict, "header-8bit", "b", &facts->header_8bit);
  g_variant_dict_lookup (&dict, "cut-found", "b", &facts->cut_found);
  g_variant_dict_lookup (&dict, "kind", "u", &kind);
  g_variant_dict_lookup (&dict, "protection", "u", &protection);
  g_variant_dict_lookup (&dict, "sealed-whole", "b", &facts->sealed_whole);
  g_variant_dict_lookup (&dict, "signed", "b", &facts->is_signed);
  g_variant_dict_lookup (&dict, "text", "b", &facts->is_text);
  g_variant_dict_lookup (&dict, "parts", "u", &facts->parts);
  g_variant_dict_lookup (&dict, "tls-required-no", "b", &facts->tls_required_no);
  g_variant_dict_lookup (&dict, "reply", "b", &facts->reply);
  g_variant_dict_lookup (&dict, "message-id", "s", &facts->message_id);
  g_variant_dict_lookup (&dict, "subject", "s", &facts->subject);
  g_variant_dict_lookup (&dict, "from", "s", &facts->from);
  g_variant_dict_lookup (&dict, "mode", "s", &facts->mode);
  facts->kind = kind <= LL_KIND_SETUP ? (LlKind) kind : LL_KIND_ORDINARY;
  facts->protection
      = protection <= LL_PROTECTION_PGP_INLINE ? (LlProtection) protection : LL_PROTECTION_NONE;
  facts->visible = lookup_texts (&dict, "visible");
  facts->tags = lookup_texts (&dict, "tags");
  facts->sealed_for = lookup_texts (&dict, "sealed-for");
  facts->references = lookup_texts (&dict, "references");
  facts->edits = lookup_edits (&dict);
  g_variant_dict_clear (&dict);
  return facts;
}
