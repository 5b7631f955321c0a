/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/ehlo.h"

#include "base/limits.h"
#include "base/scan.h"

#include <string.h>

static const struct
{
  const char *keyword;
  gsize offset; /* of a gboolean in LlEhlo */
} flags[] = {
  { "STARTTLS", G_STRUCT_OFFSET (LlEhlo, starttls) },
  { "PIPELINING", G_STRUCT_OFFSET (LlEhlo, pipelining) },
  { "8BITMIME", G_STRUCT_OFFSET (LlEhlo, eightbitmime) },
  { "SMTPUTF8", G_STRUCT_OFFSET (LlEhlo, smtputf8) },
  { "DSN", G_STRUCT_OFFSET (LlEhlo, dsn) },
  { "CHUNKING", G_STRUCT_OFFSET (LlEhlo, chunking) },
  { "REQUIRETLS", G_STRUCT_OFFSET (LlEhlo, requiretls) },
  { "ENHANCEDSTATUSCODES", G_STRUCT_OFFSET (LlEhlo, enhanced) },
};

static const struct
{
  const char *name;
  LlSaslMechanisms mechanism;
} mechanisms[] = {
  { "PLAIN", LL_SASL_PLAIN },
  { "LOGIN", LL_SASL_LOGIN },
  { "SCRAM-SHA-256", LL_SASL_SCRAM_SHA_256 },
  { "SCRAM-SHA-256-PLUS", LL_SASL_SCRAM_SHA_256_PLUS },
  { "EXTERNAL", LL_SASL_EXTERNAL },
  { "XOAUTH2", LL_SASL_XOAUTH2 },
  { "OAUTHBEARER", LL_SASL_OAUTHBEARER },
};

/* The next run of non-blanks. */
static gboolean
next_word (LlScan *line, LlScan *word)
{
  ll_scan_blanks (line);
  word->at = line->at;
  while (!ll_scan_at_end (line) && *line->at != ' ' && *line->at != '\t')
    line->at++;
  word->end = line->at;
  return word->at < word->end;
}

static LlSaslMechanisms
mechanism_of (const LlScan *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mechanisms); i++)
    if (ll_scan_equals (word, mechanisms[i].name))
      return mechanisms[i].mechanism;
  return LL_SASL_OTHER;
}

/* Cisco's inspection overwrites keywords that it does not like: "XXXXXXXA" stood for STARTTLS. */
static gboolean
is_overwritten (const LlScan *word)
{
  gsize length = ll_scan_length (word);
  gsize run = 0;

  while (run < length && word->at[run] == 'X')
    run++;
  return length >= 4 && run + 1 >= length && g_ascii_isupper (word->at[length - 1]);
}

static void
take_parameters (LlEhlo *ehlo, const LlScan *keyword, LlScan *line)
{
  LlScan word;
  guint64 size;

  if (ll_scan_equals (keyword, "SIZE"))
    {
      ehlo->size_offered = TRUE;
      if (next_word (line, &word) && ll_scan_number (&word, G_MAXINT64, &size)
          && ll_scan_at_end (&word))
        ehlo->size = size;
      return;
    }

  /* "AUTH=PLAIN" was written for old Outlooks, and some servers send only that. */
  LlScan rest = *keyword;
  if (!ll_scan_word (&rest, "AUTH"))
    return;
  if (ll_scan_byte (&rest, '='))
    {
      if (!ll_scan_at_end (&rest))
        ehlo->sasl |= mechanism_of (&rest);
    }
  else if (!ll_scan_at_end (&rest))
    return;
  while (next_word (line, &word))
    ehlo->sasl |= mechanism_of (&word);
}

static void
take_line (LlEhlo *ehlo, LlScan line)
{
  LlScan keyword;

  if (!next_word (&line, &keyword))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (ll_scan_equals (&keyword, flags[i].keyword))
      {
        G_STRUCT_MEMBER (gboolean, ehlo, flags[i].offset) = TRUE;
        return;
      }
  if (is_overwritten (&keyword))
    ehlo->tampered = TRUE;
  take_parameters (ehlo, &keyword, &line);
}

void
ll_ehlo_parse (const char *text, LlEhlo *out)
{
  const char *line = strchr (text, '\n');

  memset (out, 0, sizeof *out);
  out->known = TRUE;
  for (guint lines = 1; line != NULL && lines < LL_REPLY_LINES_MAX; lines++)
    {
      const char *start = line + 1;
      const char *end = strchrnul (start, '\n');

      take_line (out, ll_scan (start, (gsize) (end - start)));
      line = *end == '\n' ? end : NULL;
    }
}
