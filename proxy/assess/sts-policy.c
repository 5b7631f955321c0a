/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-policy.h"

#include "api/intl.h"
#include "base/limits.h"
#include "base/scan.h"

#include <string.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_MAX_LENGTH 32
#define LABEL_MAX 63

typedef struct
{
  gboolean version;
  gboolean mode_set;
  gboolean max_age_set;
  LlStsMode mode;
  guint64 max_age;
  GPtrArray *patterns;
} Fields;

/* Let-dig [Ldh-str] (RFC 5321 4.1.2): A-labels only, so no byte above 0x7f can pass. */
static gboolean
is_label (const char *at, gsize length)
{
  if (length == 0 || length > LABEL_MAX || at[0] == '-' || at[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (at[i]) && at[i] != '-')
      return FALSE;
  return TRUE;
}

static gboolean
is_digits (const char *at, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (at[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_pattern (const LlScan *value)
{
  LlScan rest = *value;

  if (ll_scan_length (value) > LL_DOMAIN_MAX)
    return FALSE;
  ll_scan_literal (&rest, "*.");
  while (TRUE)
    {
      const char *dot = memchr (rest.at, '.', ll_scan_length (&rest));
      const char *end = dot != NULL ? dot : rest.end;

      if (!is_label (rest.at, (gsize) (end - rest.at)))
        return FALSE;
      if (dot == NULL) /* a top-level label of digits alone would be an address */
        return !is_digits (rest.at, (gsize) (end - rest.at));
      rest.at = dot + 1;
    }
}

static gboolean
equals (const LlScan *run, const char *word)
{
  return ll_scan_length (run) == strlen (word) && memcmp (run->at, word, strlen (word)) == 0;
}

/* sts-policy-ext-value: UTF-8 and visible, blanks only inside */
static gboolean
is_extension_value (const LlScan *value)
{
  for (const char *at = value->at; at < value->end; at++)
    if ((guchar) *at < 0x20 || *at == 0x7f)
      return FALSE;
  return ll_scan_length (value) > 0
         && g_utf8_validate_len (value->at, ll_scan_length (value), NULL);
}

static const char *
take_mode (Fields *fields, const LlScan *value)
{
  LlStsMode mode;

  if (equals (value, "enforce"))
    mode = LL_STS_ENFORCE;
  else if (equals (value, "testing"))
    mode = LL_STS_TESTING;
  else if (equals (value, "none"))
    mode = LL_STS_MODE_NONE;
  else
    return N_ ("the mode is none of enforce, testing, none");
  if (!fields->mode_set)
    fields->mode = mode;
  fields->mode_set = TRUE;
  return NULL;
}

static const char *
take_max_age (Fields *fields, const LlScan *value)
{
  LlScan rest = *value;
  guint64 number;

  /* 1*10(DIGIT) */
  if (ll_scan_length (value) > 10 || !ll_scan_number (&rest, 9999999999, &number)
      || !ll_scan_at_end (&rest))
    return N_ ("max_age is not a number of seconds");
  if (!fields->max_age_set)
    fields->max_age = number;
  fields->max_age_set = TRUE;
  return NULL;
}

/* NULL, or what is wrong. */
static const char *
take_field (Fields *fields, const LlScan *name, const LlScan *value)
{
  if (equals (name, "version"))
    {
      if (!fields->version && !equals (value, "STSv1"))
        return N_ ("the version is not STSv1");
      fields->version = TRUE;
      return NULL;
    }
  if (equals (name, "mode"))
    return take_mode (fields, value);
  if (equals (name, "max_age"))
    return take_max_age (fields, value);
  if (equals (name, "mx"))
    {
      if (!is_pattern (value))
        return N_ ("an mx is not a host name or *.domain");
      g_ptr_array_add (fields->patterns,
                       g_ascii_strdown (value->at, (gssize) ll_scan_length (value)));
      return NULL;
    }
  return is_extension_value (value) ? NULL : N_ ("a value is empty or has control characters");
}

/* One line without its end. */
static const char *
take_line (Fields *fields, LlScan line)
{
  LlScan name;

  if (ll_scan_at_end (&line))
    return N_ ("the line is empty");
  if (!ll_scan_span (&line, ALNUM "_-.", &name) || !g_ascii_isalnum (name.at[0])
      || ll_scan_length (&name) > NAME_MAX_LENGTH || !ll_scan_byte (&line, ':'))
    return N_ ("the line is not \"name: value\"");
  ll_scan_blanks (&line);
  while (line.end > line.at && (line.end[-1] == ' ' || line.end[-1] == '\t'))
    line.end--;
  return take_field (fields, &name, &line);
}

static const char *
missing (const Fields *fields)
{
  if (!fields->version)
    return N_ ("it has no version");
  if (!fields->mode_set)
    return N_ ("it has no mode");
  if (!fields->max_age_set)
    return N_ ("it has no max_age");
  if (fields->mode != LL_STS_MODE_NONE && fields->patterns->len == 0)
    return N_ ("it names no mail server");
  return NULL;
}

static LlStsPolicy *
policy_new (const Fields *fields)
{
  LlStsPolicy *policy = g_new0 (LlStsPolicy, 1);

  policy->mode = fields->mode;
  policy->capped = fields->max_age > LL_STS_MAX_AGE;
  policy->max_age = (gint64) MIN (fields->max_age, LL_STS_MAX_AGE);
  g_ptr_array_add (fields->patterns, NULL);
  policy->patterns = g_strdupv ((char **) fields->patterns->pdata);
  return policy;
}

LlStsPolicy *
ll_sts_policy_parse (const char *body, gsize length, char **detail)
{
  g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func (g_free);
  Fields fields = { .patterns = patterns };
  LlScan scan = ll_scan (body, length);
  const char *wrong = length > LL_STS_POLICY_MAX ? N_ ("it is too long") : NULL;
  guint number = 0;

  while (wrong == NULL && !ll_scan_at_end (&scan))
    {
      LlScan line;

      number++;
      if (!ll_scan_until (&scan, '\n', &line))
        {
          line = scan;
          scan.at = scan.end;
        }
      else
        ll_scan_byte (&scan, '\n');
      if (line.end > line.at && line.end[-1] == '\r')
        line.end--;
      wrong = take_line (&fields, line);
    }
  if (wrong != NULL && number > 0)
    {
      *detail = g_strdup_printf (N_ ("line %u of the MTA-STS policy: %s"), number, wrong);
      return NULL;
    }
  if (wrong == NULL)
    wrong = missing (&fields);
  if (wrong != NULL)
    {
      *detail = g_strdup_printf (N_ ("the MTA-STS policy is not valid: %s"), wrong);
      return NULL;
    }
  return policy_new (&fields);
}

void
ll_sts_policy_free (LlStsPolicy *policy)
{
  if (policy == NULL)
    return;
  g_strfreev (policy->patterns);
  g_free (policy);
}

gboolean
ll_sts_policy_names (const char *const *patterns, const char *host)
{
  const char *dot = strchr (host, '.');

  for (guint i = 0; patterns != NULL && patterns[i] != NULL; i++)
    {
      if (g_str_has_prefix (patterns[i], "*."))
        {
          if (dot != NULL && dot != host && g_ascii_strcasecmp (dot + 1, patterns[i] + 2) == 0)
            return TRUE;
        }
      else if (g_ascii_strcasecmp (patterns[i], host) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
ll_sts_policy_type (const char *content_type)
{
  LlScan scan;

  if (content_type == NULL)
    return TRUE;
  scan = ll_scan_string (content_type);
  ll_scan_blanks (&scan);
  if (!ll_scan_word (&scan, "text/plain"))
    return FALSE;
  ll_scan_blanks (&scan);
  return ll_scan_at_end (&scan) || *scan.at == ';';
}
