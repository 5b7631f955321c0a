/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/sentence.h"

#include "api/intl.h"

#include <gio/gio.h>
#include <libintl.h>
#include <locale.h>
#include <string.h>

/* What the daemon says, as a German window shows it. */
static const struct
{
  const char *english;
  const char *german;
} cases[] = {
  { "eve@plain.lab", "eve@plain.lab" },
  { "", "" },
  { "plain.lab: mail server offers no TLS; held, since no way to lock it can be used now; seen "
    "2026-11-22 16:31 UTC",
    "plain.lab: der Mailserver bietet kein TLS an; angehalten, da er sich gerade auf keine Weise "
    "verschließen lässt; gesehen am 2026-11-22 16:31 UTC" },
  /* a text that has the mark between two in itself */
  { "valid.lab: mail server encrypts with a valid certificate; that it is the right server is not "
    "proven; your provider delivers it and nothing binds it to use TLS; seen 2026-11-22 16:31 UTC, "
    "1 of 2 servers",
    "valid.lab: der Mailserver verschlüsselt mit gültigem Zertifikat; dass es der richtige Server "
    "ist, ist nicht bewiesen; Ihr Anbieter stellt ihn zu, und nichts verpflichtet ihn zu TLS; "
    "gesehen am 2026-11-22 16:31 UTC, 1 von 2 Servern" },
  /* one in another */
  { "plain.lab: it is to be locked; held, since no way to lock it can be used now; its PGP key "
    "expired on 2026-11-01",
    "plain.lab: er soll verschlossen werden; angehalten, da er sich gerade auf keine Weise "
    "verschließen lässt; sein PGP-Schlüssel ist am 2026-11-01 abgelaufen" },
  { "held, since your mail program locked it, but for no key of this recipient that is known here",
    "angehalten: Ihr Mailprogramm hat ihn verschlossen, aber für keinen Schlüssel dieses "
    "Empfängers, der hier bekannt ist" },
  /* in front of another message */
  { "The account is removed, but not its password: The keyring is locked",
    "Das Konto ist entfernt, aber nicht sein Passwort: Der Schlüsselbund ist verschlossen" },
  { "connecting to mail.example.org port 587: no answer in time",
    "beim Verbinden mit mail.example.org Port 587: keine rechtzeitige Antwort" },
  /* what the system says of a file, and a library of what it keeps */
  { "Cannot write /home/anna/a file: E 28", "/home/anna/a file lässt sich nicht schreiben: E 28" },
  { "Cannot make the folder /var/mail: E 13",
    "Der Ordner /var/mail lässt sich nicht anlegen: E 13" },
  { "Cannot use the database: disk I/O error",
    "Die Datenbank lässt sich nicht benutzen: disk I/O error" },
  { "Cannot make the local certificate: no memory",
    "Das örtliche Zertifikat lässt sich nicht anlegen: no memory" },
  { "Cannot write to the engine: E 32", "An die Maschine lässt sich nichts schreiben: E 32" },
  /* what others said stays */
  { "mx.plain.lab: 550 no such user here", "mx.plain.lab: 550 no such user here" },
  { "not sent, by you: she moved away", "nicht gesendet, von Ihnen: she moved away" },
  { "letters; of; nobody: known (here)", "letters; of; nobody: known (here)" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *german = ll_sentence (cases[i].english);

      g_assert_cmpstr (german, ==, cases[i].german);
    }
}

static void
test_error (void)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "There is no rule %u", 7);

  ll_sentence_of_error (error);
  g_assert_cmpstr (error->message, ==, "Eine Regel 7 gibt es nicht");
  ll_sentence_of_error (NULL);
}

/* Every reason that a decision can have: policy/reason.c tests that these are all. */
static void
test_reasons (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "policy", "reasons.golden", NULL);
  g_autoptr (GRegex) english
      = g_regex_new ("\\b(the|is|not|your|held|seen|tried|and|since|sent|until)\\b", 0, 0, NULL);
  g_autofree char *golden = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &golden, NULL, NULL));
  lines = g_strsplit (golden, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *german = NULL;

      if (!g_str_has_prefix (lines[i], "  "))
        continue; /* what the reason is for */
      german = ll_sentence (lines[i] + 2);
      if (g_regex_match (english, german, 0, NULL))
        g_error ("not all German: %s", german);
      n++;
    }
  g_assert_cmpuint (n, >, 200);
}

/* -- every text that there is ----------------------------------------------------------- */

static const char *const texts[] = {
#include "api/formats.h"
};

/* @text with "7" for its numbers and "x1", "x2" for its words, by their place among the arguments;
 * those that touch the one before are empty, as nobody could tell them apart. */
static char *
fill_in (const char *text, guint touching)
{
  g_autoptr (GRegex) conversion = g_regex_new ("%(?:([0-9])\\$)?[0-9.]*[lzh]*([a-z%])", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  const char *from = text;
  guint next = 0;

  for (g_regex_match (conversion, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *place = g_match_info_fetch (match, 1);
      g_autofree char *letter = g_match_info_fetch (match, 2);
      guint n = place != NULL && *place != '\0' ? (guint) (*place - '1') : next++;
      int start, end;

      g_match_info_fetch_pos (match, 0, &start, &end);
      g_string_append_len (out, from, text + start - from);
      from = text + end;
      if (*letter == '%')
        g_string_append_c (out, '%');
      else if ((touching & (1u << n)) == 0)
        g_string_append_printf (out, *letter == 's' ? "x%u" : "7", n + 1);
    }
  g_string_append (out, from);
  if (g_str_has_suffix (text, ": "))
    g_string_append (out, "x9");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Bit n: argument n stands right behind the one before. */
static guint
touching_of (const char *text)
{
  g_autoptr (GRegex) run = g_regex_new ("(?:%[0-9.]*[lzh]*[a-z])+", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint touching = 0, n = 0;

  for (g_regex_match (run, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *all = g_match_info_fetch (match, 0);
      guint first = n;

      for (const char *c = all; (c = strchr (c, '%')) != NULL; c++)
        touching |= n++ > first ? 1u << (n - 1) : 0;
    }
  return touching;
}

static guint
letters_of (const char *text)
{
  g_autoptr (GRegex) conversion = g_regex_new ("%[0-9.]*[lzh]*[a-z]", 0, 0, NULL);
  g_autofree char *own = g_regex_replace_literal (conversion, text, -1, 0, "", 0, NULL);
  guint letters = 0;

  for (const char *c = own; *c != '\0'; c++)
    letters += g_ascii_isalpha (*c) ? 1 : 0;
  return letters;
}

static void
test_every_text (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (texts), >, 200);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *translation = g_dgettext (GETTEXT_PACKAGE, texts[i]);
      guint touching = touching_of (texts[i]);
      g_autofree char *english = fill_in (texts[i], touching);
      g_autofree char *wanted = fill_in (translation, touching);
      g_autofree char *german = ll_sentence (english);

      if (letters_of (texts[i]) < 3)
        continue;
      g_assert_true (translation != texts[i]);
      g_assert_cmpstr (german, ==, wanted);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "de", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("LETTERLOCK_TEST_LOCALES"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sentence/cases", test_cases);
  g_test_add_func ("/sentence/error", test_error);
  g_test_add_func ("/sentence/reasons", test_reasons);
  g_test_add_func ("/sentence/every-text", test_every_text);
  return g_test_run ();
}
