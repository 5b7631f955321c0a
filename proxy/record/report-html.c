/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "record/report-formats.h"

#include "api/text.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

/*
 * One page that opens anywhere and asks nobody for anything: styles inside, charts as
 * inline SVG, no script. Each chart has its numbers in a table beside it, so that
 * nothing is said by colour alone, on paper neither.
 */

#define CHART_WIDTH 720
#define CHART_HEIGHT 180
#define CHART_LEFT 44
#define CHART_BOTTOM 24

typedef const char *(*NameOf) (guint i);
typedef const guint *(*CountsOf) (const LlTally *tally);

/* One way to cut the recipients. */
typedef struct
{
  const char *title;
  const char *about;
  guint n;
  NameOf name_of;
  NameOf text_of; /* what the name means */
  CountsOf counts_of;
  const char *const *colours;
} Cut;

static const guint *
methods_of (const LlTally *tally)
{
  return tally->method;
}

static const guint *
evidence_of (const LlTally *tally)
{
  return tally->evidence;
}

static const guint *
states_of (const LlTally *tally)
{
  return tally->state;
}

static const char *
state_name (guint i)
{
  return ll_state_name ((LlState) i);
}

static const char *
method_text (guint i)
{
  return ll_text_method ((LlMethod) i);
}

/* The last count is of those that nobody looked at. */
static const char *
evidence_text (guint i)
{
  return i <= LL_EVIDENCE_UNKNOWN ? ll_text_evidence ((LlEvidence) i) : "not looked at";
}

static const char *
state_text (guint i)
{
  return ll_text_state ((LlState) i);
}

/* Blue for what is locked or bound, warm for what is open, grey for what is not known. No green:
 * it would promise what evidence alone does not. */
static const char *const method_colours[]
    = { "#a0aec0", "#2b6cb0", "#6b46c1", "#9f7aea", "#2c7a7b", "#dd6b20" };
static const char *const evidence_colours[]
    = { "#c53030", "#e53e3e", "#dd6b20", "#d69e2e", "#63b3ed", "#3182ce",
        "#2a4365", "#718096", "#742a2a", "#a0aec0", "#cbd5e0" };
static const char *const state_colours[]
    = { "#cbd5e0", "#d69e2e", "#ecc94b", "#a0aec0", "#63b3ed", "#2b6cb0", "#b83280", "#c53030",
        "#9b2c2c", "#742a2a", "#e53e3e", "#718096", "#2c5282", "#2a4365", "#4a5568" };

static const Cut cuts[] = {
  { "How letters went", "Method per recipient: tls, a lock (pgp, smime, escrow), or open.",
    LL_TALLY_METHODS, ll_tally_method_name, method_text, methods_of, method_colours },
  { "What the way was worth", "Evidence about the recipient's domain when it was decided.",
    LL_TALLY_EVIDENCE, ll_tally_evidence_name, evidence_text, evidence_of, evidence_colours },
  { "What became of them", "State per recipient, now.", LL_TALLY_STATES, state_name, state_text,
    states_of, state_colours },
};
G_STATIC_ASSERT (G_N_ELEMENTS (method_colours) == LL_TALLY_METHODS);
G_STATIC_ASSERT (G_N_ELEMENTS (evidence_colours) == LL_TALLY_EVIDENCE);
G_STATIC_ASSERT (G_N_ELEMENTS (state_colours) == LL_TALLY_STATES);

static const char head[]
    = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\""
      " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Letterlock report</title>\n<style>\n"
      ":root{--ink:#1a202c;--soft:#4a5568;--line:#cbd5e0;--paper:#fff;--band:#f7fafc}\n"
      "@media (prefers-color-scheme:dark){:root{--ink:#e2e8f0;--soft:#a0aec0;--line:#4a5568;"
      "--paper:#1a202c;--band:#2d3748}}\n"
      "body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
      "max-width:52rem;margin:2rem auto;padding:0 1rem}\n"
      "h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin:2.2rem 0 .2rem}\n"
      "p{margin:.2rem 0 .8rem;color:var(--soft)}svg{width:100%;height:auto;display:block}\n"
      "svg text{fill:var(--soft);font:11px system-ui,sans-serif}"
      "svg .axis{stroke:var(--line);stroke-width:1}\n"
      "table{border-collapse:collapse;width:100%;margin:.6rem 0}"
      "th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--line)}\n"
      "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
      "tbody tr:nth-child(even){background:var(--band)}\n"
      ".key{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;"
      "border:1px solid var(--line)}\n"
      "@media print{:root{--ink:#000;--soft:#333;--line:#999;--paper:#fff;--band:#fff}"
      "body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}"
      "svg,tr,.cut{break-inside:avoid}thead{display:table-header-group}"
      "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n"
      "</style></head><body>\n";

static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (out, escaped);
}

/* SVG coordinates: a point, whatever the locale. */
static void
append_coordinate (GString *out, const char *name, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, " %s=\"%s\"", name,
                          g_ascii_formatd (buffer, sizeof buffer, "%.2f", value));
}

static guint
largest_period (const LlTallies *tallies)
{
  guint largest = 1;

  for (guint i = 0; i < tallies->periods->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->periods, i);

      largest = MAX (largest, entry->tally.recipients);
    }
  return largest;
}

static void
append_column (GString *out,
               const Cut *cut,
               const LlTallyEntry *entry,
               double left,
               double width,
               guint largest)
{
  const guint *counts = cut->counts_of (&entry->tally);
  g_autofree char *date = ll_tally_date (entry->start);
  double bottom = CHART_HEIGHT;

  for (guint i = 0; i < cut->n; i++)
    {
      double height = (double) (CHART_HEIGHT - 10) * counts[i] / largest;

      if (counts[i] == 0)
        continue;
      bottom -= height;
      g_string_append_printf (out, "<rect fill=\"%s\"", cut->colours[i]);
      append_coordinate (out, "x", left);
      append_coordinate (out, "y", bottom);
      append_coordinate (out, "width", width);
      append_coordinate (out, "height", height);
      g_string_append_printf (out, "><title>%s: %s %u</title></rect>\n", date, cut->name_of (i),
                              counts[i]);
    }
}

static void
append_labels (GString *out, const LlTallies *tallies, double step)
{
  guint n = tallies->periods->len;
  guint every = MAX (1, (n + 7) / 8);

  for (guint i = 0; i < n; i += every)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->periods, i);
      g_autofree char *date = ll_tally_date (entry->start);

      g_string_append (out, "<text");
      append_coordinate (out, "x", CHART_LEFT + step * i);
      append_coordinate (out, "y", CHART_HEIGHT + 16);
      g_string_append_printf (out, ">%s</text>\n", date != NULL ? date : "");
    }
}

static const char *
period_word (LlPeriod period)
{
  switch (period)
    {
    case LL_PERIOD_DAY:
      return "day";
    case LL_PERIOD_WEEK:
      return "week";
    case LL_PERIOD_MONTH:
      return "month";
    }
  g_return_val_if_reached ("");
}

static void
append_chart (GString *out, const Cut *cut, const LlTallies *tallies)
{
  guint largest = largest_period (tallies);
  double step = (double) (CHART_WIDTH - CHART_LEFT) / MAX (tallies->periods->len, 1);

  g_string_append_printf (out,
                          "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s, recipients per "
                          "%s\">\n",
                          CHART_WIDTH, CHART_HEIGHT + CHART_BOTTOM, cut->title,
                          period_word (tallies->period));
  g_string_append_printf (out,
                          "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n"
                          "<text x=\"0\" y=\"18\">%u</text><text x=\"0\" y=\"%d\">0</text>\n",
                          CHART_LEFT, CHART_HEIGHT, CHART_WIDTH, CHART_HEIGHT, largest,
                          CHART_HEIGHT);
  for (guint i = 0; i < tallies->periods->len; i++)
    append_column (out, cut, g_ptr_array_index (tallies->periods, i), CHART_LEFT + step * i,
                   MAX (step * 0.8, 1), largest);
  append_labels (out, tallies, step);
  g_string_append (out, "</svg>\n");
}

static void
append_share (GString *out, guint n, guint of)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "<td class=\"n\">%u</td><td class=\"n\">%s %%</td></tr>\n", n,
                          g_ascii_formatd (buffer, sizeof buffer, "%.1f",
                                           of > 0 ? 100.0 * n / of : 0.0));
}

static void
append_cut (GString *out, const Cut *cut, const LlTallies *tallies)
{
  const guint *counts = cut->counts_of (&tallies->all);

  g_string_append_printf (out, "<section class=\"cut\"><h2>%s</h2><p>%s Per %s.</p>\n", cut->title,
                          cut->about, period_word (tallies->period));
  append_chart (out, cut, tallies);
  g_string_append (out, "<table><thead><tr><th></th><th></th><th class=\"n\">recipients</th>"
                        "<th class=\"n\">share</th></tr></thead><tbody>\n");
  for (guint i = 0; i < cut->n; i++)
    if (counts[i] > 0)
      {
        g_string_append_printf (out,
                                "<tr><td><span class=\"key\" "
                                "style=\"background:%s\"></span>%s</td><td>",
                                cut->colours[i], cut->name_of (i));
        append_escaped (out, cut->text_of (i));
        g_string_append (out, "</td>");
        append_share (out, counts[i], tallies->all.recipients);
      }
  g_string_append (out, "</tbody></table></section>\n");
}

static void
append_number (GString *out, guint number)
{
  g_string_append_printf (out, "<td class=\"n\">%u</td>", number);
}

static void
append_domains (GString *out, const LlTallies *tallies)
{
  g_string_append (out, "<section><h2>Domains</h2><p>Recipients per domain.</p>\n<table><thead>"
                        "<tr><th>domain</th><th>provider</th><th class=\"n\">all</th>"
                        "<th class=\"n\">tls</th><th class=\"n\">locked</th>"
                        "<th class=\"n\">open</th><th class=\"n\">held</th>"
                        "<th class=\"n\">broken</th><th class=\"n\">unknown</th></tr></thead>"
                        "<tbody>\n");
  for (guint i = 0; i < tallies->domains->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->domains, i);
      const LlTally *tally = &entry->tally;

      g_string_append (out, "<tr><td>");
      append_escaped (out, entry->name);
      g_string_append (out, "</td><td>");
      append_escaped (out, entry->provider != NULL ? entry->provider : "–");
      g_string_append (out, "</td>");
      append_number (out, tally->recipients);
      append_number (out, tally->method[LL_METHOD_TLS]);
      append_number (out, tally->method[LL_METHOD_PGP] + tally->method[LL_METHOD_SMIME]
                              + tally->method[LL_METHOD_ESCROW]);
      append_number (out, tally->method[LL_METHOD_OPEN]);
      append_number (out, tally->held);
      append_number (out, tally->evidence[LL_EVIDENCE_BROKEN]);
      append_number (out, tally->evidence[LL_EVIDENCE_UNKNOWN]);
      g_string_append (out, "</tr>\n");
    }
  g_string_append (out, "</tbody></table></section>\n");
}

static void
append_rules (GString *out, const LlTallies *tallies)
{
  g_string_append (out,
                   "<section class=\"cut\"><h2>Rules</h2><p>How often each rule decided, and how "
                   "often a person"
                   " had to.</p>\n<table><thead><tr><th>rule</th><th class=\"n\">recipients</th>"
                   "<th class=\"n\">held</th><th class=\"n\">overridden</th>"
                   "<th class=\"n\">refused</th><th "
                   "class=\"n\">dropped</th></tr></thead><tbody>\n");
  for (guint i = 0; i < tallies->rules->len; i++)
    {
      const LlTallyEntry *entry = g_ptr_array_index (tallies->rules, i);
      const LlTally *tally = &entry->tally;

      g_string_append_printf (out, "<tr><td>%s</td>",
                              strcmp (entry->name, "0") == 0 ? "(no rule)" : entry->name);
      append_number (out, tally->recipients);
      append_number (out, tally->held);
      append_number (out, tally->overridden);
      append_number (out, tally->state[LL_STATE_REFUSED]);
      append_number (out, tally->state[LL_STATE_DROPPED]);
      g_string_append (out, "</tr>\n");
    }
  g_string_append (out, "</tbody></table></section>\n");
}

char *
ll_report_html (const LlTallies *tallies)
{
  GString *out = g_string_new (head);
  g_autofree char *since = ll_tally_date (tallies->since);
  g_autofree char *until = ll_tally_date (tallies->until - 1);
  g_autofree char *made = ll_clock_format (ll_clock_now ());

  g_string_append_printf (out, "<h1>Letterlock report</h1><p>%s to %s",
                          since != NULL ? since : "the beginning", until);
  if (tallies->account != NULL)
    {
      g_string_append (out, ", account ");
      append_escaped (out, tallies->account);
    }
  g_string_append_printf (out,
                          ": %u letters to %u recipients, %u held, %u overridden. Made %s.</p>\n",
                          tallies->letters, tallies->all.recipients, tallies->all.held,
                          tallies->all.overridden, made);
  g_string_append (out, "<p>What this page says rests on what was seen from this machine, published"
                        " by the domains, or listed, at the time; it does not prove what happened"
                        " beyond the provider.</p>\n");
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    append_cut (out, &cuts[i], tallies);
  append_domains (out, tallies);
  append_rules (out, tallies);
  g_string_append (out, "</body></html>\n");
  return g_string_free (out, FALSE);
}
