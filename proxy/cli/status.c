/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/command.h"
#include "cli/json.h"
#include "cli/letters.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

static void
print_line (const char *name, const char *text)
{
  g_autofree char *clean = ll_table_clean (text);

  if (*clean != '\0')
    printf ("%-10s %s\n", name, clean);
}

static void
print_counts (GVariant *status)
{
  static const char *const keys[] = { "held", "waiting", "queued", "uncertain" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gint64 n = ll_number (status, keys[i]);
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, n);

      if (n > 0)
        print_line (keys[i], text);
    }
}

static void
print_pause (const char *until)
{
  g_autofree char *time = ll_letters_time (until);
  g_autofree char *text = *until != '\0' ? g_strdup_printf ("nothing leaves until %s", time)
                                         : g_strdup ("nothing leaves until letterlock resume");

  print_line ("paused", text);
}

static void
print_sign_in (GVariant *status)
{
  g_autofree const char **accounts = NULL;

  if (!g_variant_lookup (status, "sign_in", "^a&s", &accounts))
    return;
  for (guint i = 0; accounts[i] != NULL; i++)
    {
      g_autofree char *text = g_strdup_printf ("needed: letterlock account login %s", accounts[i]);

      print_line ("sign-in", text);
    }
}

static void
print_status (GVariant *status)
{
  const char *state = ll_text (status, "state");
  LlTone tone = strcmp (state, "calm") == 0 ? LL_TONE_STRONG : LL_TONE_CARE;
  g_autofree char *painted = ll_table_paint (tone, state);
  g_autoptr (GVariant) listeners = ll_below (status, "listeners");

  printf ("Letterlock %s: %s\n", ll_text (status, "version"), painted);
  if (ll_flag (status, "paused"))
    print_pause (ll_text (status, "paused_until"));
  print_counts (status);
  print_line ("network", ll_text (status, "network"));
  print_line ("", ll_text (status, "network_reason"));
  if (ll_flag (status, "metered"))
    print_line ("metered", "yes: large letters are not tried again and again (queue.metered)");
  print_line ("dns", ll_text (status, "dns"));
  print_line ("keyring", ll_text (status, "keyring"));
  print_sign_in (status);
  for (gsize i = 0; listeners != NULL && i < g_variant_n_children (listeners); i++)
    {
      g_autoptr (GVariant) listener = g_variant_get_child_value (listeners, i);
      g_autofree char *text
          = g_strdup_printf ("%s port %" G_GINT64_FORMAT "%s%s", ll_text (listener, "address"),
                             ll_number (listener, "port"),
                             ll_flag (listener, "tls") ? ", TLS" : ", STARTTLS",
                             ll_flag (listener, "foreign") ? ", for others" : "");

      print_line (i == 0 ? "listens" : "", text);
    }
}

int
ll_status_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "status",
    .summary = "What Letterlock is doing now. Status 3: it does not run.",
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) answer = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  answer = ll_ask_one ("Status", NULL, LL_ASK_SHORT, &status);
  if (answer == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (answer, ll_schema_status);
  else
    print_status (answer);
  return LL_EXIT_YES;
}

int
ll_pause_run (int argc, char **argv)
{
  int minutes = 0;
  const GOptionEntry entries[] = {
    { "minutes", 0, 0, G_OPTION_ARG_INT, &minutes, "Go on by itself after so long, at most a day",
      "N" },
    { NULL },
  };
  const LlUsage usage = {
    .command = "pause",
    .summary = "Hold everything back until resume. Letters are still taken; nothing is bypassed.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (minutes < 0)
    return ll_usage_error ("pause: --minutes is a number of minutes");
  reply = minutes == 0
              ? ll_ask ("Pause", NULL, LL_ASK_SHORT, &status)
              : ll_ask ("PauseFor", g_variant_new ("(u)", (guint) minutes), LL_ASK_SHORT, &status);
  if (reply == NULL)
    return status;
  if (!ll_json_wanted)
    puts ("Paused: letters are taken, and nothing leaves.");
  return LL_EXIT_YES;
}

int
ll_resume_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "resume",
    .summary = "Go on after pause; what waited is decided anew.",
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  reply = ll_ask ("Resume", NULL, LL_ASK_SHORT, &status);
  if (reply == NULL)
    return status;
  if (!ll_json_wanted)
    puts ("Resumed.");
  return LL_EXIT_YES;
}
