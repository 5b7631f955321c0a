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
insert_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (dict, key, "s", text);
}

/* Header values are whatever a client wrote: what is not UTF-8 is made so. */
static void
insert_texts (GVariantDict *dict, const char *key, GStrv texts)
{
  GVariantBuilder array;

  if (texts == NULL || texts[0] == NULL)
    return;
  g_variant_builder_init (&array, G_VARIANT_TYPE_STRING_ARRAY);
  for (char **text = texts; *text != NULL; text++)
    {
      g_autofree char *valid = g_utf8_make_valid (*text, -1);

      g_variant_builder_add (&array, "s", valid);
    }
  g_variant_dict_insert_value (dict, key, g_variant_builder_end (&array));
}

GVariant *
ll_message_facts_to_variant (const LlMessageFacts *facts)
{
  GVariantDict dict;
  GVariantBuilder edits;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "header-length", "t", facts->header_length);
  g_variant_dict_insert (&dict, "size", "t", facts->size);
  g_variant_dict_insert (&dict, "has-8bit", "b", facts->has_8bit);
  g_variant_dict_insert (&dict, "header-8bit", "b", facts->header_8bit);
  g_variant_dict_insert (&dict, "cut-found", "b", facts->cut_found);
  g_variant_dict_insert (&dict, "kind", "u", facts->kind);
  g_variant_dict_insert (&dict, "protection", "u", facts->protection);
  g_variant_dict_insert (&dict, "sealed-whole", "b", facts->sealed_whole);
  g_variant_dict_insert (&dict, "signed", "b", facts->is_signed);
  g_variant_dict_insert (&dict, "text", "b", facts->is_text);
  g_variant_dict_insert (&dict, "parts", "u", facts->parts);
  g_variant_dict_insert (&dict, "tls-required-no", "b", facts->tls_required_no);
  g_variant_dict_insert (&dict, "reply", "b", facts->reply);
  insert_text (&dict, "message-id", facts->message_id);
  insert_text (&dict, "subject", facts->subject);
  insert_text (&dict, "from", facts->from);
  insert_text (&dict, "mode", facts->mode);
  insert_texts (&dict, "visible", facts->visible);
  insert_texts (&dict, "tags", facts->tags);
  insert_texts (&dict, "references", facts->references);
  insert_texts (&dict, "sealed-for", facts->sealed_for);
  /* replacements are octets of the header, in whatever charset */
  g_variant_builder_init (&edits, G_VARIANT_TYPE ("a(ttays)"));
  for (guint i = 0; facts->edits != NULL && i < facts->edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (facts->edits, i);

      g_variant_builder_add (&edits, "(tt@ays)", edit->offset, edit->length,
                             g_variant_new_bytestring (edit->replacement), edit->what);
    }
  g_variant_dict_insert_value (&dict, "edits", g_variant_builder_end (&edits));
  return g_variant_dict_end (&dict);
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
