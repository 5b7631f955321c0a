/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/table.h"

#include "cli/matrix.h"

#include <locale.h>
#include <string.h>

static void
test_clean (void)
{
  static const struct
  {
    const char *text, *clean;
  } cases[] = {
    { "plain", "plain" },
    { "a\033[2Jb\r\n", "a?[2Jb??" },
    { "grün 漢", "grün 漢" },
    { "\xe2\x80\xae"
      "gpj.exe",
      "?gpj.exe" }, /* right-to-left override */
    { "\xc2\x9b"
      "2J",
      "?2J" }, /* C1: another way to begin an escape */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = ll_table_clean (cases[i].text);

      g_assert_cmpstr (clean, ==, cases[i].clean);
    }
}

static void
test_layout (void)
{
  static const char *const heads[] = { "to", "state", "reason", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);
  g_autofree char *empty = ll_table_format (table);
  g_autofree char *text = NULL;
  g_autofree char *painted = NULL;

  ll_table_set_colour (0);
  g_assert_cmpstr (empty, ==, "");
  ll_table_add (table, LL_TONE_PLAIN, "漢@x.lab"); /* as wide as two */
  ll_table_add (table, LL_TONE_BAD, "refused");
  ll_table_add (table, LL_TONE_PLAIN, NULL);
  ll_table_add (table, LL_TONE_PLAIN, "ada@bank.lab");
  ll_table_add_number (table, -1);
  ll_table_add (table, LL_TONE_PLAIN, "fine");
  g_assert_cmpuint (ll_table_rows (table), ==, 2);
  text = ll_table_format (table);
  g_assert_cmpstr (text, ==,
                   "to            state    reason\n"
                   "漢@x.lab      refused  –\n"
                   "ada@bank.lab  –        fine\n");
  ll_table_set_colour (1);
  painted = ll_table_format (table);
  g_assert_nonnull (strstr (painted, "\033[31mrefused\033[0m"));
  ll_table_set_colour (0);
}

/* Green is for what is assured; nothing that evidence alone shows has it. */
static void
test_green (void)
{
  static const char *const evidence[]
      = { "plain", "weak", "opp", "pkix", "half", "sts", "dane", "nomail", "broken", "unknown" };
  static const char *const states[] = { "sent", "held", "failed", "opened" };

  for (guint i = 0; i < G_N_ELEMENTS (evidence); i++)
    g_assert_cmpint (ll_tone_of_evidence (evidence[i]), !=, LL_TONE_GOOD);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpint (ll_tone_of_state (states[i]), !=, LL_TONE_GOOD);
  g_assert_cmpint (ll_tone_of_confidence ("assured"), ==, LL_TONE_GOOD);
  g_assert_cmpint (ll_tone_of_confidence ("likely"), !=, LL_TONE_GOOD);
}

static void
test_matrix (void)
{
  g_autoptr (GVariant) verdict = g_variant_ref_sink (g_variant_new_parsed (
      "{'domain': <'bank.lab'>, 'evidence': <'sts'>, 'source': <'seen'>, 'seen': <uint32 1>,"
      " 'total': <uint32 2>, 'reason': <'requires TLS'>,"
      " 'mta_sts': <{'mode': <'enforce'>, 'expires': <'2026-12-01T00:00:00Z'>}>,"
      " 'hosts': <[{'name': <'mx1.bank.lab'>, 'preference': <uint32 10>, 'evidence': <'sts'>,"
      " 'protocol': <'TLSv1.3'>, 'cipher': <'AES'>, 'bits': <256>, 'certificate': <'valid'>,"
      " 'dane': <'none'>, 'requiretls': <false>, 'milliseconds': <{'dns': <3>, 'tls': <40>}>},"
      " {'name': <'mx2.bank.lab'>, 'preference': <uint32 20>, 'reason': <'no answer'>}]>}"));
  g_autofree char *text = NULL;

  ll_table_set_colour (0);
  text = ll_matrix_format (verdict);
  g_assert_cmpstr (text, ==,
                   "bank.lab: ◕ sts, seen, 1 of 2 servers looked at\n"
                   "  requires TLS\n"
                   "  MTA-STS enforce, until 2026-12-01T00:00:00Z\n"
                   "  server        pref  dns  connect  greeting  starttls  tls  version  cipher   "
                   "  certificate"
                   "  dane  requiretls  evidence\n"
                   "  mx1.bank.lab  10    3    –        –         –         40   TLSv1.3  AES "
                   "(256)  valid      "
                   "  none  no          ◕ sts\n"
                   "  mx2.bank.lab  20    –    –        –         –         –    –        –        "
                   "  –          "
                   "  –     –           –\n"
                   "  mx2.bank.lab: no answer\n");
  g_assert_true (ll_matrix_is_yes (verdict));
}

/* While a look goes on, "overdue" is no finding. */
static void
test_partial (void)
{
  g_autoptr (GVariant) verdict = g_variant_ref_sink (g_variant_new_parsed (
      "{'domain': <'bank.lab'>, 'evidence': <'unknown'>, 'why': <'overdue'>, 'reason': <'late'>,"
      " 'hosts': <[{'name': <'mx1.bank.lab'>, 'evidence': <'unknown'>, 'why': <'overdue'>,"
      " 'reason': <'late'>}]>}"));
  g_autofree char *text = NULL;

  ll_table_set_colour (0);
  text = ll_matrix_format_partial (verdict);
  g_assert_true (g_str_has_prefix (text, "bank.lab: looking…\n"));
  g_assert_null (strstr (text, "unknown"));
  g_assert_null (strstr (text, "late"));
}

static void
test_yes (void)
{
  static const struct
  {
    const char *evidence;
    gboolean yes;
  } cases[] = {
    { "plain", FALSE },  { "weak", FALSE },    { "opp", TRUE },  { "pkix", TRUE },
    { "half", TRUE },    { "sts", TRUE },      { "dane", TRUE }, { "nomail", FALSE },
    { "broken", FALSE }, { "unknown", FALSE }, { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) verdict
          = g_variant_ref_sink (g_variant_new_parsed ("{'evidence': <%s>}", cases[i].evidence));

      g_assert_cmpint (ll_matrix_is_yes (verdict), ==, cases[i].yes);
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/table/clean", test_clean);
  g_test_add_func ("/cli/table/layout", test_layout);
  g_test_add_func ("/cli/table/green", test_green);
  g_test_add_func ("/cli/table/matrix", test_matrix);
  g_test_add_func ("/cli/table/partial", test_partial);
  g_test_add_func ("/cli/table/yes", test_yes);
  return g_test_run ();
}
