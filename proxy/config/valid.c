/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/options.h"

#include "api/intl.h"

/* What a value of an option looks like, in words. */

static const char *
form_of (LlOptionType type)
{
  switch (type)
    {
    case LL_OPTION_TEXT:
      return "text";
    case LL_OPTION_PATH:
      return N_ ("an absolute path");
    case LL_OPTION_URL:
      return N_ ("an address that starts with");
    case LL_OPTION_HOST_PORT:
    case LL_OPTION_UPSTREAM:
      return "host:port";
    case LL_OPTION_FLAG:
      return N_ ("true or false");
    case LL_OPTION_NUMBER:
      return "a number";
    case LL_OPTION_DURATION:
      return N_ ("a time such as 90s, 15m, 12h, 5d or 2w");
    case LL_OPTION_DATE:
      return N_ ("a date such as 2026-11-22");
    case LL_OPTION_WORD:
    case LL_OPTION_DECLARED:
      return N_ ("one of");
    case LL_OPTION_HONOURS:
    case LL_OPTION_METHODS:
    case LL_OPTION_KINDS:
      return N_ ("a list of");
    case LL_OPTION_TAG:
      return N_ ("one word of letters, digits and hyphens");
    case LL_OPTION_LOCAL:
      return N_ ("a list of loopback addresses with port, such as 127.0.0.1:1587;[::1]:1587");
    case LL_OPTION_FOREIGN:
      return N_ ("a list of addresses with port, such as 192.0.2.10:587");
    case LL_OPTION_RESOLVERS:
      return N_ ("a list of addresses, such as 9.9.9.9;127.0.0.1@5353");
    case LL_OPTION_HOSTS:
      return N_ ("a list of host names");
    case LL_OPTION_ADDRESSES:
      return N_ ("a list of addresses, such as alice@example.org;*@alice.example");
    case LL_OPTION_DOMAINS:
      return N_ ("a list of domains");
    case LL_OPTION_PATTERNS:
      return N_ ("a list of addresses, domains, *.domain, or *");
    case LL_OPTION_URLS:
      return N_ ("a list of addresses that start with");
    case LL_OPTION_PINS:
      return N_ ("a list of SHA-256 sums, each 64 hexadecimal digits");
    }
  g_return_val_if_reached ("");
}

char *
ll_option_valid (const LlOption *option)
{
  GString *text = g_string_new (form_of (option->type));

  if (option->type == LL_OPTION_NUMBER)
    g_string_append_printf (text, N_ (" from %u to %u"), option->min, option->max);
  for (guint i = 0; option->words != NULL && option->words[i] != NULL; i++)
    {
      gboolean last = i > 0 && option->words[i + 1] == NULL;

      g_string_append_printf (text, "%s%s%s",
                              i == 0 && option->type == LL_OPTION_DURATION ? ", or "
                              : i == 0                                     ? " "
                              : last                                       ? " or "
                                                                           : ", ",
                              option->words[i],
                              option->type == LL_OPTION_URL || option->type == LL_OPTION_URLS
                                  ? "://"
                                  : "");
    }
  return g_string_free (text, FALSE);
}
