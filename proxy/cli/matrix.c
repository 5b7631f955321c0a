/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/matrix.h"

#include "api/names.h"
#include "cli/command.h"
#include "cli/table.h"

#include <string.h>

static void
append_line (GString *out, const char *indent, LlTone tone, const char *text)
{
  g_autofree char *clean = ll_table_clean (text);
  g_autofree char *painted = ll_table_paint (tone, clean);

  g_string_append_printf (out, "%s%s\n", indent, painted);
}

/* "bank.example: looking…": what is not finished has no evidence yet. */
static void
append_looking (GString *out, GVariant *verdict)
{
  g_autofree char *domain = ll_table_clean (ll_text (verdict, "domain"));
  g_autofree char *strong = ll_table_paint (LL_TONE_STRONG, domain);

  g_string_append_printf (out, "%s: looking…\n", strong);
}

/* "bank.example: ● dane, seen, 2 of 2 servers" */
static void
append_domain (GString *out, GVariant *verdict)
{
  const char *evidence = ll_text (verdict, "evidence");
  const char *why = ll_text (verdict, "why");
  const char *source = ll_text (verdict, "source");
  gint64 total = ll_number (verdict, "total");
  g_autofree char *domain = ll_table_clean (ll_text (verdict, "domain"));
  g_autofree char *strong = ll_table_paint (LL_TONE_STRONG, domain);
  g_autofree char *word = ll_evidence_word (evidence);
  g_autofree char *painted = ll_table_paint (ll_tone_of_evidence (evidence), word);

  g_string_append_printf (out, "%s: %s", strong, painted);
  if (*why != '\0')
    g_string_append_printf (out, " (%s)", why);
  if (*source != '\0')
    g_string_append_printf (out, ", %s", source);
  if (total > 0)
    g_string_append_printf (out, ", %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " servers looked at",
                            MAX (ll_number (verdict, "seen"), 0), total);
  g_string_append_c (out, '\n');
  if (*ll_text (verdict, "reason") != '\0')
    append_line (out, "  ", LL_TONE_PLAIN, ll_text (verdict, "reason"));
}

static void
append_sts (GString *out, GVariant *verdict)
{
  g_autoptr (GVariant) sts = ll_below (verdict, "mta_sts");
  g_autofree char *text = NULL;
  const char *expires;
  const char *reason;

  if (sts == NULL)
    return;
  expires = ll_text (sts, "expires");
  reason = ll_text (sts, "reason");
  text = g_strdup_printf ("MTA-STS %s%s%s%s%s", ll_text (sts, "mode"),
                          *expires != '\0' ? ", until " : "", expires, *reason != '\0' ? ": " : "",
                          reason);
  append_line (out, "  ", LL_TONE_PLAIN, text);
}

static void
add_yes (LlTable *table, GVariant *host, const char *key)
{
  gboolean yes;

  if (!g_variant_lookup (host, key, "b", &yes))
    ll_table_add (table, LL_TONE_FAINT, NULL);
  else
    ll_table_add (table, LL_TONE_PLAIN, yes ? "yes" : "no");
}

static void
add_bad_or_fine (LlTable *table, const char *word, const char *good)
{
  LlTone tone = *word == '\0'                ? LL_TONE_FAINT
                : strcmp (word, good) == 0   ? LL_TONE_FINE
                : strcmp (word, "none") == 0 ? LL_TONE_FAINT
                                             : LL_TONE_CARE;

  ll_table_add (table, tone, word);
}

static void
add_host (LlTable *table, GVariant *host, gboolean partial)
{
  static const char *const stages[] = { "dns", "connect", "greeting", "starttls", "tls" };
  g_autoptr (GVariant) milliseconds = ll_below (host, "milliseconds");
  gboolean looking = partial && strcmp (ll_text (host, "why"), "overdue") == 0;
  const char *evidence = looking ? "" : ll_text (host, "evidence");
  g_autofree char *word = looking ? g_strdup ("…") : ll_evidence_word (evidence);
  g_autofree char *tls = NULL;
  gint64 bits = ll_number (host, "bits");

  ll_table_add (table, LL_TONE_STRONG, ll_text (host, "name"));
  ll_table_add_number (table, ll_number (host, "preference"));
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    ll_table_add_number (table, milliseconds != NULL ? ll_number (milliseconds, stages[i]) : -1);
  ll_table_add (table, LL_TONE_PLAIN, ll_text (host, "protocol"));
  tls = bits > 0 ? g_strdup_printf ("%s (%" G_GINT64_FORMAT ")", ll_text (host, "cipher"), bits)
                 : g_strdup (ll_text (host, "cipher"));
  ll_table_add (table, LL_TONE_PLAIN, tls);
  add_bad_or_fine (table, ll_text (host, "certificate"), "valid");
  add_bad_or_fine (table, ll_text (host, "dane"), "match");
  add_yes (table, host, "requiretls");
  ll_table_add (table, ll_tone_of_evidence (evidence), word);
}

static void
append_hosts (GString *out, GVariant *hosts, gboolean partial)
{
  static const char *const heads[]
      = { "server",  "pref",   "dns",         "connect", "greeting",   "starttls", "tls",
          "version", "cipher", "certificate", "dane",    "requiretls", "evidence", NULL };
  g_autoptr (LlTable) table = ll_table_new (heads);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (gsize i = 0; i < g_variant_n_children (hosts); i++)
    {
      g_autoptr (GVariant) host = g_variant_get_child_value (hosts, i);

      add_host (table, host, partial);
    }
  text = ll_table_format (table);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_string_append_printf (out, "  %s\n", lines[i]);
}

/* What is to be said of single servers. */
static void
append_reasons (GString *out, GVariant *hosts)
{
  for (gsize i = 0; i < g_variant_n_children (hosts); i++)
    {
      g_autoptr (GVariant) host = g_variant_get_child_value (hosts, i);
      const char *reason = ll_text (host, "reason");
      g_autofree char *text = g_strdup_printf ("%s: %s", ll_text (host, "name"), reason);

      if (*reason != '\0')
        append_line (out, "  ", LL_TONE_FAINT, text);
    }
}

static char *
format (GVariant *verdict, gboolean partial)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GVariant) hosts = ll_below (verdict, "hosts");

  if (partial)
    append_looking (out, verdict);
  else
    append_domain (out, verdict);
  append_sts (out, verdict);
  if (hosts != NULL && g_variant_n_children (hosts) > 0)
    {
      append_hosts (out, hosts, partial);
      if (!partial)
        append_reasons (out, hosts);
    }
  return g_string_free (out, FALSE);
}

char *
ll_matrix_format (GVariant *verdict)
{
  return format (verdict, FALSE);
}

char *
ll_matrix_format_partial (GVariant *verdict)
{
  return format (verdict, TRUE);
}

gboolean
ll_matrix_is_yes (GVariant *verdict)
{
  LlEvidence evidence;

  if (!ll_evidence_from_name (ll_text (verdict, "evidence"), &evidence))
    return FALSE;
  return ll_evidence_is_ordered (evidence) && evidence >= LL_EVIDENCE_OPP;
}
