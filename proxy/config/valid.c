/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/options.h"

/* What a value of an option looks like, in words. */

static const char *
form_of (LlOptionType type)
{
  switch (type)
    {
    case LL_OPTION_TEXT:
      return "text";
    case LL_OPTION_PATH:
      return "an absolute path";
    case LL_OPTION_URL:
      return "an address that starts with";
    case LL_OPTION_HOST_PORT:
    case LL_OPTION_UPSTREAM:
      return "host:port";
    case LL_OPTION_FLAG:
      return "true or false";
    case LL_OPTION_NUMBER:
      return "a number";
    case LL_OPTION_DURATION:
      return "a time such as 90s, 15m, 12h, 5d or 2w";
    case LL_OPTION_DATE:
      return "a date such as 2026-11-22";
    case LL_OPTION_WORD:
    case LL_OPTION_DECLARED:
      return "one of";
    case LL_OPTION_HONOURS:
    case LL_OPTION_METHODS:
    case LL_OPTION_KINDS:
      return "a list of";
    case LL_OPTION_TAG:
      return "one word of letters, digits and hyphens";
    case LL_OPTION_LOCAL:
      return "a list of loopback addresses with port, such as 127.0.0.1:1587;[::1]:1587";
    case LL_OPTION_FOREIGN:
      return "a list of addresses with port, such as 192.0.2.10:587";
    case LL_OPTION_RESOLVERS:
      return "a list of addresses, such as 9.9.9.9;127.0.0.1@5353";
    case LL_OPTION_HOSTS:
      return "a list of host names";
    case LL_OPTION_ADDRESSES:
      return "a list of addresses, such as alice@example.org;*@alice.example";
    case LL_OPTION_DOMAINS:
      return "a list of domains";
    case LL_OPTION_PATTERNS:
      return "a list of addresses, domains, *.domain, or *";
    case LL_OPTION_URLS:
      return "a list of addresses that start with";
    case LL_OPTION_PINS:
      return "a list of SHA-256 sums, each 64 hexadecimal digits";
    }
  g_return_val_if_reached ("");
}

char *
ll_option_valid (const LlOption *option)
{
  GString *text = g_string_new (form_of (option->type));

  if (option->type == LL_OPTION_NUMBER)
    g_string_append_printf (text, " from %u to %u", option->min, option->max);
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
