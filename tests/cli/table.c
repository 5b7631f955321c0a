/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/table.h"

#include "cli/matrix.h"

#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A terminal in the place of standard output. */
typedef struct
{
  int output;
  int master;
} Terminal;

static void
terminal_begin (Terminal *terminal, guint width, gboolean colour)
{
  struct winsize size = { .ws_row = 25, .ws_col = (gushort) width };
  int slave;

  g_assert_cmpint (openpty (&terminal->master, &slave, NULL, NULL, &size), ==, 0);
  fflush (stdout);
  terminal->output = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  g_assert_cmpint (dup2 (slave, STDOUT_FILENO), ==, STDOUT_FILENO);
  close (slave);
  g_setenv ("TERM", "xterm", TRUE);
  if (colour)
    g_unsetenv ("NO_COLOR");
  else
    g_setenv ("NO_COLOR", "1", TRUE);
}

static void
terminal_end (Terminal *terminal)
{
  g_assert_cmpint (dup2 (terminal->output, STDOUT_FILENO), ==, STDOUT_FILENO);
  close (terminal->output);
  close (terminal->master);
}

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
  Terminal terminal;

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
  terminal_begin (&terminal, 80, TRUE);
  painted = ll_table_format (table);
  terminal_end (&terminal);
  g_assert_nonnull (strstr (painted, "\033[31mrefused\033[0m"));
}

/* What a narrow terminal has no place for goes on below, and nothing is cut. */
static void
test_narrow (void)
{
  static const char *const heads[] = { "id", "to", "state", "reason", NULL };
  static const struct
  {
    guint width;
    const char *text;
  } cases[] = {
    { 0, "id    to            state  reason\n"
         "cc69  ada@bank.lab  held   the mail server offers no encryption\n"
         "      bob@bank.lab  sent   –\n" },
    { 58, "id    to            state  reason\n"
          "cc69  ada@bank.lab  held   the mail server offers no\n"
          "                           encryption\n"
          "      bob@bank.lab  sent   –\n" },
    { 26, "id    to            state\n"
          "cc69  ada@bank.lab  held\n"
          "    the mail server offers\n"
          "    no encryption\n"
          "      bob@bank.lab  sent\n" },
    { 22, "id    to\n"
          "cc69  ada@bank.lab\n"
          "    held  the mail\n"
          "    server offers no\n"
          "    encryption\n"
          "      bob@bank.lab\n"
          "    sent\n" },
  };
  g_autoptr (LlTable) table = ll_table_new (heads);
  Terminal terminal;

  ll_table_add (table, LL_TONE_PLAIN, "cc69");
  ll_table_add (table, LL_TONE_PLAIN, "ada@bank.lab");
  ll_table_add (table, LL_TONE_PLAIN, "held");
  ll_table_add (table, LL_TONE_PLAIN, "the mail server offers no encryption");
  ll_table_add (table, LL_TONE_PLAIN, " ");
  ll_table_add (table, LL_TONE_PLAIN, "bob@bank.lab");
  ll_table_add (table, LL_TONE_PLAIN, "sent");
  ll_table_add (table, LL_TONE_PLAIN, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = NULL;

      terminal_begin (&terminal, cases[i].width, FALSE);
      text = ll_table_format (table);
      terminal_end (&terminal);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* Columns that nobody fills are left out when that is asked for. */
static void
test_hidden (void)
{
  static const char *const heads[] = { "rule", "tag", "mode", "note", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);
  g_autofree char *text = NULL;

  ll_table_hide_empty (table);
  ll_table_add_number (table, 1);
  ll_table_add (table, LL_TONE_PLAIN, NULL);
  ll_table_add (table, LL_TONE_PLAIN, "exclusive");
  ll_table_add (table, LL_TONE_PLAIN, NULL);
  text = ll_table_format (table);
  g_assert_cmpstr (text, ==, "rule  mode\n1     exclusive\n");
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

  text = ll_matrix_format (verdict);
  g_assert_cmpstr (text, ==,
                   "bank.lab: ◕ sts, seen, 1 of 2 servers looked at\n"
                   "  requires TLS\n"
                   "  MTA-STS enforce, until 2026-12-01T00:00:00Z\n"
                   "  server        pref  evidence  dns  connect  greeting  starttls  tls ms\n"
                   "  mx1.bank.lab  10    ◕ sts     3    –        –         –         40\n"
                   "    TLSv1.3 AES (256), certificate valid, DANE none, REQUIRETLS no\n"
                   "  mx2.bank.lab  20    –         –    –        –         –         –\n"
                   "    no answer\n");
  g_assert_true (ll_matrix_is_yes (verdict));
}

static guint
widest_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  glong widest = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    widest = MAX (widest, g_utf8_strlen (lines[i], -1));
  return (guint) widest;
}

/* A server's name of any length leaves the stages on one line of an 80-column terminal. */
static void
test_matrix_fits (void)
{
  static const char *const names[] = { "mx.lab", "practice-example.mail.protection.hoster.lab" };
  Terminal terminal;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *written
          = g_strdup_printf ("{'domain': <'bank.lab'>, 'evidence': <'unknown'>, 'why': "
                             "<'temporary'>,"
                             " 'seen': <uint32 0>, 'total': <uint32 1>, 'reason': <'the mail "
                             "servers of bank.lab could"
                             " not be looked at just now: the server cannot be reached (connection "
                             "refused)'>,"
                             " 'hosts': <[{'name': <'%s'>, 'preference': <uint32 10>, 'evidence': "
                             "<'unknown'>,"
                             " 'protocol': <'TLSv1.3'>, 'cipher': <'TLS_AES_256_GCM_SHA384'>, "
                             "'bits': <256>,"
                             " 'certificate': <'certificate-host-mismatch'>, 'dane': "
                             "<'unobtainable'>,"
                             " 'requiretls': <false>, 'milliseconds': <{'dns': <10000>, 'connect': "
                             "<10000>,"
                             " 'greeting': <10000>, 'starttls': <10000>, 'tls': <10000>}>}]>}",
                             names[i]);
      g_autoptr (GVariant) verdict = g_variant_ref_sink (g_variant_new_parsed (written));
      g_autofree char *text = NULL;

      terminal_begin (&terminal, 80, FALSE);
      text = ll_matrix_format (verdict);
      terminal_end (&terminal);
      g_assert_cmpuint (widest_line (text), <=, 80);
      g_assert_nonnull (strstr (text, names[i]));
      g_assert_nonnull (strstr (text, "10000    10000     10000     10000"));
    }
}

/* While a look goes on, "overdue" is no finding. */
static void
test_partial (void)
{
  g_autoptr (GVariant) verdict = g_variant_ref_sink (g_variant_new_parsed (
      "{'domain': <'bank.lab'>, 'evidence': <'unknown'>, 'why': <'overdue'>, 'reason': <'late'>,"
      " 'hosts': <[{'name': <'mx1.bank.lab'>, 'evidence': <'unknown'>, 'why': <'overdue'>,"
      " 'reason': <'late'>}, {'name': <'mx2.bank.lab'>, 'evidence': <'broken'>,"
      " 'dane': <'unobtainable'>}]>}"));
  g_autofree char *text = NULL;

  text = ll_matrix_format_partial (verdict);
  g_assert_true (g_str_has_prefix (text, "bank.lab: looking…\n"));
  g_assert_null (strstr (text, "unknown"));
  g_assert_null (strstr (text, "late"));
  g_assert_null (strstr (text, "broken"));
  g_assert_null (strstr (text, "unobtainable"));
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
  g_test_add_func ("/cli/table/matrix-fits", test_matrix_fits);
  g_test_add_func ("/cli/table/narrow", test_narrow);
  g_test_add_func ("/cli/table/hidden", test_hidden);
  g_test_add_func ("/cli/table/partial", test_partial);
  g_test_add_func ("/cli/table/yes", test_yes);
  return g_test_run ();
}
