/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/json.h"
#include "cli/letters.h"

#include <stdio.h>

/* release, drop, retry: what a person decides about a letter. */

/* For whom, and why. */
typedef struct
{
  char *reason;
  GStrv to;
} About;

#define ABOUT_ENTRIES(about)                                                                       \
  { "to",        0,                                                                                \
    0,           G_OPTION_ARG_STRING_ARRAY,                                                        \
    &(about).to, "Only for this recipient; can be repeated",                                       \
    "ADDRESS" },                                                                                   \
  {                                                                                                \
    "reason", 0, 0, G_OPTION_ARG_STRING, &(about).reason, "Recorded with the decision", "TEXT"     \
  }

static void
about_clear (About *about)
{
  g_free (about->reason);
  g_strfreev (about->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (About, about_clear)

static void
add_about (GVariantDict *options, const About *about)
{
  ll_dict_text (options, "reason", about->reason);
  ll_dict_list (options, "recipients", (const char *const *) about->to);
}

/* The letter as it is after the decision. */
static int
print_result (GVariant *letter, const char *what)
{
  if (letter == NULL)
    return LL_EXIT_COULD_NOT;
  if (ll_json_wanted)
    ll_json_print (letter, ll_schema_letter);
  else
    printf ("%s %s.\n", ll_text (letter, "id"), what);
  return LL_EXIT_YES;
}

/* A letter that is decided anew may be held again, and mostly is not decided yet. */
static int
print_released (GVariant *letter, gboolean anew)
{
  if (!anew || ll_json_wanted)
    return print_result (letter, "is released");
  printf ("%s is decided anew; letterlock show %s tells what becomes of it.\n",
          ll_text (letter, "id"), ll_text (letter, "id"));
  return LL_EXIT_YES;
}

int
ll_release_run (int argc, char **argv)
{
  g_autofree char *method = NULL;
  g_auto (About) about = { NULL };
  gboolean anyway = FALSE;
  const GOptionEntry entries[] = {
    { "with", 0, 0, G_OPTION_ARG_STRING, &method, "How: tls, pgp, smime, escrow, open", "METHOD" },
    { "anyway", 0, 0, G_OPTION_ARG_NONE, &anyway, "Send although the way is not protected (open)",
      NULL },
    ABOUT_ENTRIES (about),
    { NULL },
  };
  const LlUsage usage = {
    .command = "release",
    .arguments = "ID",
    .summary = "Send a held letter: decided anew, or in the way that you name.",
    .more = "Never sent open: what is broken, exclusive or locked by policy (status 1).",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) letter = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (anyway && method != NULL)
    return ll_usage_error ("release: --anyway and --with exclude each other");
  ll_dict_text (&options, "method", anyway ? "open" : method);
  add_about (&options, &about);
  letter
      = ll_ask_one ("Release", g_variant_new ("(s@a{sv})", left[0], g_variant_dict_end (&options)),
                    LL_ASK_LONG, &status);
  return letter != NULL ? print_released (letter, !anyway && method == NULL) : status;
}

int
ll_drop_run (int argc, char **argv)
{
  g_auto (About) about = { NULL };
  const GOptionEntry entries[] = {
    ABOUT_ENTRIES (about),
    { NULL },
  };
  const LlUsage usage = {
    .command = "drop",
    .arguments = "ID",
    .summary = "Do not send a letter; it is recorded as dropped.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) letter = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  add_about (&options, &about);
  letter = ll_ask_one ("Drop", g_variant_new ("(s@a{sv})", left[0], g_variant_dict_end (&options)),
                       LL_ASK_SHORT, &status);
  return letter != NULL ? print_result (letter, "is dropped") : status;
}

int
ll_retry_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "retry",
    .arguments = "ID",
    .summary = "Try a letter now. An uncertain one is sent again only by this.",
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) letter = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  letter = ll_ask_one ("Retry", g_variant_new ("(s)", left[0]), LL_ASK_SHORT, &status);
  return letter != NULL ? print_result (letter, "is tried now") : status;
}
