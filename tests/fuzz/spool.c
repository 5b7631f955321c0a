/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/entry.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const char id[] = "0123456789ab";

static void
check_header (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (LlLetter) letter = ll_letter_new ();
  g_autoptr (GBytes) again = NULL;

  if (!ll_parse_header (bytes, letter, NULL))
    return;
  g_assert_true (letter->progress->len == letter->envelope->recipients->len);
  again = ll_format_header (letter);
  g_assert_true (g_bytes_equal (bytes, again));
}

static void
check_dictionary (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) dictionary = NULL;

  ll_parse_dictionary (bytes, &dictionary, NULL);
}

static void
check_changes (GVariant *changes)
{
  gsize n = g_variant_n_children (changes);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      g_autoptr (GVariant) variant = g_variant_get_child_value (change, 1);
      LlProgress *progress = ll_parse_progress (variant, NULL);

      if (progress != NULL)
        {
          g_autoptr (GVariant) again = g_variant_ref_sink (ll_format_progress (progress));

          g_assert_true (g_variant_equal (variant, again));
        }
      ll_progress_free (progress);
    }
}

/* As it came, and as the payload of a record whose checksum is right. */
static void
check_record (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) payload = g_bytes_new (data, size);
  g_autoptr (GVariant) changes = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE ("a(u(uubuxxmsmsma{sv}))"), payload, FALSE));
  g_autoptr (GBytes) record = ll_format_record (id, 1, 0, changes);
  LlRecord out;
  gsize taken;

  if (ll_parse_record (data, size, id, &out, &taken))
    g_variant_unref (out.changes);
  if (ll_parse_record (g_bytes_get_data (record, NULL), g_bytes_get_size (record), id, &out,
                       &taken))
    {
      g_assert_true (taken == g_bytes_get_size (record));
      check_changes (out.changes);
      g_variant_unref (out.changes);
    }
}

static void
check_frame (const guint8 *data, gsize size)
{
  guint8 preamble[LL_PREAMBLE_LENGTH];
  LlPreamble parsed;
  LlFooter footer;

  ll_parse_journal_header (data, size, id, NULL);
  if (ll_parse_preamble (data, size, &parsed, NULL))
    {
      ll_format_preamble (&parsed, preamble);
      g_assert_true (memcmp (preamble, data, sizeof preamble) == 0);
    }
  if (size < LL_FOOTER_LENGTH)
    return;
  if (ll_parse_footer (data + size - LL_FOOTER_LENGTH, size, &footer, NULL))
    g_assert_true (footer.header + footer.facts + LL_FOOTER_LENGTH <= size);
}

/* Bytes that are no entry are none; bytes in an entry come out as they were. */
static void
check_entry (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) made = ll_format_log_entry (7, LL_LOG_RECORD, id, data, size);
  LlLogEntry entry;
  guint64 epoch;
  gsize taken;

  ll_parse_log_header (data, size, &epoch, NULL);
  if (size >= 16 && ll_parse_log_entry (data, size, data[15], &entry, &taken))
    g_assert_true (taken <= size && entry.payload + entry.length <= data + size);
  g_assert_true (ll_parse_log_entry (g_bytes_get_data (made, NULL), g_bytes_get_size (made), 7,
                                     &entry, &taken));
  g_assert_true (taken == g_bytes_get_size (made) && entry.length == size);
  g_assert_true (size == 0 || memcmp (entry.payload, data, size) == 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  if (size == 0)
    return 0;
  check_header (data + 1, size - 1);
  check_dictionary (data + 1, size - 1);
  check_record (data + 1, size - 1);
  check_frame (data + 1, size - 1);
  check_entry (data + 1, size - 1);
  return 0;
}
