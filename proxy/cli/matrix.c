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
  guint column = (guint) strlen (indent);

  g_string_append (out, indent);
  ll_table_wrap (out, tone, text, column, column);
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
    g_string_append_printf (out,
                            ", %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " server%s looked at",
                            MAX (ll_number (verdict, "seen"), 0), total, total == 1 ? "" : "s");
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

/* What a row takes beside the server's name: the columns below, two spaces before each, and the
 * indent. */
#define STAGES_WIDTH 61

static const char *const stages[] = { "dns", "connect", "greeting", "starttls", "tls" };

/* An answer of DNS that is not there yet looks like one that failed. */
static gboolean
is_open (GVariant *host)
{
  return strcmp (ll_text (host, "why"), "overdue") == 0
         || strcmp (ll_text (host, "dane"), "unobtainable") == 0;
}

static void
add_host (LlTable *table, GVariant *host, gboolean apart, gboolean partial)
{
  g_autoptr (GVariant) milliseconds = ll_below (host, "milliseconds");
  gboolean looking = partial && is_open (host);
  const char *evidence = looking ? "" : ll_text (host, "evidence");
  g_autofree char *word = looking ? g_strdup ("…") : ll_evidence_word (evidence);

  if (!apart)
    ll_table_add (table, LL_TONE_STRONG, ll_text (host, "name"));
  ll_table_add_number (table, ll_number (host, "preference"));
  ll_table_add (table, ll_tone_of_evidence (evidence), word);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    ll_table_add_number (table, milliseconds != NULL ? ll_number (milliseconds, stages[i]) : -1);
}

/* "TLSv1.3 TLS_AES_256_GCM_SHA384 (256), certificate valid, DANE match, REQUIRETLS no" */
static void
append_findings (GString *out, GVariant *host)
{
  static const char *const words[][2] = { { "certificate", "certificate" }, { "dane", "DANE" } };
  g_autoptr (GString) text = g_string_new (ll_text (host, "protocol"));
  gint64 bits = ll_number (host, "bits");
  gboolean requiretls;

  if (*ll_text (host, "cipher") != '\0')
    g_string_append_printf (text, " %s", ll_text (host, "cipher"));
  if (bits > 0)
    g_string_append_printf (text, " (%" G_GINT64_FORMAT ")", bits);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (*ll_text (host, words[i][0]) != '\0')
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", words[i][1],
                              ll_text (host, words[i][0]));
  if (ll_flag (host, "excluded"))
    g_string_append_printf (text, "%snot in the MTA-STS policy", text->len > 0 ? ", " : "");
  if (g_variant_lookup (host, "requiretls", "b", &requiretls))
    g_string_append_printf (text, "%sREQUIRETLS %s", text->len > 0 ? ", " : "",
                            requiretls ? "yes" : "no");
  if (text->len > 0)
    append_line (out, "    ", LL_TONE_PLAIN, text->str);
}

static guint
longest_name (GVariant *hosts)
{
  gsize longest = 0;

  for (gsize i = 0; i < g_variant_n_children (hosts); i++)
    {
      g_autoptr (GVariant) host = g_variant_get_child_value (hosts, i);

      longest = MAX (longest, strlen (ll_text (host, "name")));
    }
  return (guint) longest;
}

/* A row with the stages, in milliseconds since the look began; what they showed below it. Where
 * the names are too long for that, they have a line of their own. */
static void
append_hosts (GString *out, GVariant *hosts, gboolean partial)
{
  static const char *const heads[]
      = { "server", "pref", "evidence", "dns", "connect", "greeting", "starttls", "tls ms", NULL };
  gboolean apart = longest_name (hosts) + STAGES_WIDTH > ll_table_width ();
  g_autoptr (LlTable) table = ll_table_new (apart ? heads + 1 : heads);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (gsize i = 0; i < g_variant_n_children (hosts); i++)
    {
      g_autoptr (GVariant) host = g_variant_get_child_value (hosts, i);

      add_host (table, host, apart, partial);
    }
  text = ll_table_format (table);
  lines = g_strsplit (text, "\n", -1);
  g_string_append_printf (out, "  %s\n", lines[0]);
  for (gsize i = 0; i < g_variant_n_children (hosts) && lines[i + 1] != NULL; i++)
    {
      g_autoptr (GVariant) host = g_variant_get_child_value (hosts, i);

      if (apart)
        append_line (out, "  ", LL_TONE_STRONG, ll_text (host, "name"));
      g_string_append_printf (out, "  %s\n", lines[i + 1]);
      if (!partial || !is_open (host))
        append_findings (out, host);
      if (!partial && *ll_text (host, "reason") != '\0')
        append_line (out, "    ", LL_TONE_FAINT, ll_text (host, "reason"));
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
    append_hosts (out, hosts, partial);
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
