/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/rules.h"

#include "base/error.h"
#include "config/value.h"

#include <string.h>

void
ll_rule_free (LlRule *rule)
{
  if (rule == NULL)
    return;
  ll_value_clear_group ("rule", rule);
  g_free (rule);
}

gboolean
ll_rule_complete (const LlRule *rule, GError **error)
{
  if (rule->mode_set || rule->minimum_set || rule->unknown_set || rule->fallback != NULL
      || rule->requiretls)
    return TRUE;
  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE,
               "the rule says nothing: give it mode, minimum, unknown, fallback or requiretls");
  return FALSE;
}

gboolean
ll_rule_pattern_matches (const char *pattern, const char *address)
{
  const char *at = strrchr (address, '@');
  const char *domain = at != NULL ? at + 1 : address;
  const char *pattern_at = strrchr (pattern, '@');

  if (strcmp (pattern, "*") == 0)
    return TRUE;
  if (pattern_at != NULL && pattern_at != pattern && strncmp (pattern, "*@", 2) != 0)
    return g_ascii_strcasecmp (pattern, address) == 0;
  if (pattern_at != NULL)
    pattern = pattern_at + 1;
  if (g_str_has_prefix (pattern, "*."))
    {
      gsize below = strlen (pattern) - 1; /* ".b.example" */
      gsize length = strlen (domain);

      return length > below && g_ascii_strcasecmp (domain + length - below, pattern + 1) == 0;
    }
  return g_ascii_strcasecmp (pattern, domain) == 0;
}
