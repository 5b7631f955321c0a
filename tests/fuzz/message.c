/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/edits.h"
#include "message/headers.h"
#include "message/parse.h"
#include "message/structure.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const char *const tags[] = { "encrypt", "tls", "pickup", "hold", NULL };

static LlMessageFacts *
inspect (const void *data, gsize size)
{
  return ll_message_inspect (data, size, tags, NULL);
}

/* (transfer full) */
static GByteArray *
edited (const guint8 *data, gsize size, const GPtrArray *edits)
{
  GByteArray *out = g_byte_array_new ();
  guint64 at = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const LlEdit *edit = g_ptr_array_index (edits, i);

      g_assert_true (edit->offset >= at && edit->length > 0);
      g_assert_true (edit->offset + edit->length <= size);
      g_byte_array_append (out, data + at, (guint) (edit->offset - at));
      g_byte_array_append (out, (const guint8 *) edit->replacement,
                           (guint) strlen (edit->replacement));
      at = edit->offset + edit->length;
    }
  g_byte_array_append (out, data + at, (guint) (size - at));
  return out;
}

/* What leaves is what the edits say, however the letter streams by. */
static void
check_leaving (const guint8 *data, gsize size, const GPtrArray *edits, const GByteArray *expected)
{
  g_autoptr (LlEdits) leaving = ll_edits_new (edits, NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_nonnull (leaving);
  for (gsize i = 0, step = 1; i < size; i += step, step = 1 + i % 17)
    ll_edits_push (leaving, (const char *) data + i, MIN (step, size - i), out);
  g_assert_cmpmem (out->str, out->len, expected->data, expected->len);
  g_assert_cmpuint (ll_edits_size (leaving, size), ==, out->len);
}

/* In which pieces a letter comes changes nothing. */
static void
check_pieces (const guint8 *data, gsize size)
{
  g_autoptr (LlHeaders) whole = ll_headers_new ();
  g_autoptr (LlHeaders) crumbs = ll_headers_new ();
  g_autoptr (LlStructure) tree = NULL;
  g_autoptr (LlStructure) crumbled = NULL;
  gsize taken = ll_headers_feed (whole, (const char *) data, size);

  for (gsize i = 0; i < taken; i++)
    ll_headers_feed (crumbs, (const char *) data + i, 1);
  ll_headers_finish (whole);
  ll_headers_finish (crumbs);
  g_assert_true (ll_headers_length (whole) == ll_headers_length (crumbs));
  tree = ll_structure_new (whole);
  crumbled = ll_structure_new (crumbs);
  ll_structure_feed (tree, (const char *) data + taken, size - taken);
  for (gsize i = taken, step = 1; i < size; i += step, step = 1 + i % 13)
    ll_structure_feed (crumbled, (const char *) data + i, MIN (step, size - i));
  ll_structure_finish (tree);
  ll_structure_finish (crumbled);
  g_assert_true (ll_structure_parts (tree) == ll_structure_parts (crumbled));
  g_assert_true (ll_structure_is_calendar (tree) == ll_structure_is_calendar (crumbled));
  g_assert_true (ll_structure_protection (tree) == ll_structure_protection (crumbled));
}

/* No Bcc is left once the edits are made, and the facts survive the spool. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (LlMessageFacts) facts = inspect (data, size);
  g_autoptr (LlMessageFacts) kept = NULL;
  g_autoptr (LlMessageFacts) again = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) twice = NULL;
  g_autoptr (GByteArray) out = NULL;

  if (facts == NULL)
    return 0;
  variant = g_variant_ref_sink (ll_message_facts_to_variant (facts));
  kept = ll_message_facts_from_variant (variant);
  twice = g_variant_ref_sink (ll_message_facts_to_variant (kept));
  g_assert_true (g_variant_is_normal_form (variant));
  g_assert_true (g_variant_equal (variant, twice));
  out = edited (data, size, facts->edits);
  check_leaving (data, size, facts->edits, out);
  again = inspect (out->data, out->len);
  for (guint i = 0; i < again->edits->len; i++)
    g_assert_true (strstr (((LlEdit *) again->edits->pdata[i])->what, "Bcc") == NULL);
  check_pieces (data, size);
  return 0;
}
