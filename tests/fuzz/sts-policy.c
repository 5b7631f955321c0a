/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "assess/sts-policy.h"

#include "base/limits.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static const char *
mode_word (LlStsMode mode)
{
  return mode == LL_STS_ENFORCE ? "enforce" : mode == LL_STS_TESTING ? "testing" : "none";
}

/* Written out again and read again it is the same; each pattern names what it should, no more. */
static void
check_policy (const LlStsPolicy *policy)
{
  g_autoptr (GString) text = g_string_new ("version: STSv1\n");
  g_autoptr (LlStsPolicy) again = NULL;
  g_autofree char *detail = NULL;

  g_assert_true (policy->max_age >= 0 && policy->max_age <= LL_STS_MAX_AGE);
  g_string_append_printf (text, "mode: %s\nmax_age: %" G_GINT64_FORMAT "\n",
                          mode_word (policy->mode), policy->max_age);
  for (guint i = 0; policy->patterns[i] != NULL; i++)
    {
      const char *pattern = policy->patterns[i];
      gboolean any = g_str_has_prefix (pattern, "*.");
      g_autofree char *deep = g_strconcat ("a.b.", any ? pattern + 2 : pattern, NULL);
      const char *one[] = { pattern, NULL };

      g_string_append_printf (text, "mx: %s\n", pattern);
      g_assert_false (ll_sts_policy_names (one, deep));
      g_assert_true (any != ll_sts_policy_names (one, any ? pattern + 2 : pattern));
    }
  if (text->len > LL_STS_POLICY_MAX)
    return;
  again = ll_sts_policy_parse (text->str, text->len, &detail);
  g_assert_nonnull (again);
  g_assert_cmpint (again->mode, ==, policy->mode);
  g_assert_cmpint (again->max_age, ==, policy->max_age);
  g_assert_true (
      g_strv_equal ((const char *const *) again->patterns, (const char *const *) policy->patterns));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *detail = NULL;
  g_autofree char *type = g_strndup ((const char *) data, size);
  g_autoptr (LlStsPolicy) policy = ll_sts_policy_parse ((const char *) data, size, &detail);

  ll_sts_policy_type (type);
  g_assert_true ((policy == NULL) == (detail != NULL));
  if (policy != NULL)
    check_policy (policy);
  return 0;
}
