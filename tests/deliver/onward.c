/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/onward.h"

#include "base/limits.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOW 1795365060
#define TOKEN "0123456789abcdef0123456789abcdef"

/* -- what letters prove ---------------------------------------------------------------------- */

/* A letter for each word: where (p plain, o opp, u unknown), condition (- or R), outcome (A
 * arrived, T no TLS, X returned, ? open). */
static const struct
{
  const char *name;
  const char *letters;
  LlMinimum declared; /* 0: encrypted */
  LlKept requiretls;
  LlKept kept;
  guint open;
} judged[] = {
  { "nothing", "", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 0 },
  { "no answer", "p-? pR?", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 2 },
  { "the difference", "p-A pRT", 0, LL_KEPT_YES, LL_KEPT_NO, 0 },
  { "returns everything", "p-T pRT", 0, LL_KEPT_YES, LL_KEPT_YES, 0 },
  { "no control yet", "p-? pRT", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 1 },
  { "no such mailbox", "p-X pRT", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 0 },
  { "returned for another reason", "p-A pRX", 0, LL_KEPT_UNKNOWN, LL_KEPT_NO, 0 },
  { "broken", "p-A pRA", 0, LL_KEPT_NO, LL_KEPT_NO, 0 },
  { "not seen, the difference", "u-A uRT", 0, LL_KEPT_YES, LL_KEPT_UNKNOWN, 0 },
  { "not seen, returned", "u-T uRT", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 0 },
  { "not seen, arrived", "u-A uRA", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 0 },
  { "unverified says nothing of none", "o-A oRT", 0, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 0 },
  { "unverified must not get it", "o-A oRA", 0, LL_KEPT_NO, LL_KEPT_UNKNOWN, 0 },
  { "verified takes both", "p-T", LL_MINIMUM_VERIFIED, LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, 0 },
  { "verified, both", "p-T o-T", LL_MINIMUM_VERIFIED, LL_KEPT_UNKNOWN, LL_KEPT_YES, 0 },
  { "verified, broken", "p-T o-A", LL_MINIMUM_VERIFIED, LL_KEPT_UNKNOWN, LL_KEPT_NO, 0 },
  { "encrypted is enough", "p-T o-A", 0, LL_KEPT_UNKNOWN, LL_KEPT_YES, 0 },
};

static LlAccount
account_of (LlMinimum declared)
{
  return (LlAccount){
    .name = (char *) "work",
    .host = (char *) "mail.p.lab",
    .port = 465,
    .declared = TRUE,
    .declared_level = declared != 0 ? declared : LL_MINIMUM_ENCRYPTED,
    .declared_when = NOW - 86400,
  };
}

static LlOnwardLetter *
letter_of (const char *word, const LlAccount *account)
{
  static const char outcomes[] = "?ATX";
  LlOnwardLetter *letter = g_new0 (LlOnwardLetter, 1);

  letter->token = g_strndup (word, 3);
  letter->account = g_strdup (account->name);
  letter->server = ll_onward_server (account);
  letter->address = g_strdup_printf ("bob@%c.lab", word[0]);
  letter->sight = word[0] == 'p'   ? LL_EVIDENCE_PLAIN
                  : word[0] == 'o' ? LL_EVIDENCE_OPP
                                   : LL_EVIDENCE_UNKNOWN;
  letter->requiretls = word[1] == 'R';
  letter->outcome = (LlOnwardOutcome) (strchr (outcomes, word[2]) - outcomes);
  letter->sent = NOW - 60;
  return letter;
}

static GPtrArray *
letters_of (const char *words, const LlAccount *account)
{
  GPtrArray *letters = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_onward_letter_free);

  for (; *words != '\0'; words += words[3] == ' ' ? 4 : 3)
    g_ptr_array_add (letters, letter_of (words, account));
  return letters;
}

static void
test_judge (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (judged); i++)
    {
      LlAccount account = account_of (judged[i].declared);
      g_autoptr (GPtrArray) letters = letters_of (judged[i].letters, &account);
      LlOnward onward = ll_onward_judge (letters, &account, NOW);

      g_test_message ("%s", judged[i].name);
      g_assert_cmpint (onward.requiretls, ==, judged[i].requiretls);
      g_assert_cmpint (onward.declared, ==, judged[i].kept);
      g_assert_cmpuint (onward.open, ==, judged[i].open);
    }
}

/* It holds for this account at this server, for what it states, and for so long. */
static void
test_scope (void)
{
  static const char *const elsewhere[] = { "bank.lab", NULL };
  LlAccount account = account_of (0);
  g_autoptr (GPtrArray) letters = letters_of ("p-T pRT", &account);
  LlAccount other = account;
  LlOnward onward;

  onward = ll_onward_judge (letters, &account, NOW);
  g_assert_cmpint (onward.declared, ==, LL_KEPT_YES);
  g_assert_cmpint (onward.time, ==, NOW - 60);
  onward = ll_onward_judge (letters, &account, NOW - 60 + LL_ONWARD_SECONDS);
  g_assert_cmpint (onward.requiretls, ==, LL_KEPT_UNKNOWN);
  g_assert_cmpint (onward.declared, ==, LL_KEPT_UNKNOWN);
  other.name = (char *) "home";
  g_assert_cmpint (ll_onward_judge (letters, &other, NOW).requiretls, ==, LL_KEPT_UNKNOWN);
  other = account;
  other.host = (char *) "mail.q.lab";
  g_assert_cmpint (ll_onward_judge (letters, &other, NOW).requiretls, ==, LL_KEPT_UNKNOWN);
  other = account;
  other.declared_domains = (GStrv) elsewhere;
  onward = ll_onward_judge (letters, &other, NOW);
  g_assert_cmpint (onward.requiretls, ==, LL_KEPT_YES);
  g_assert_cmpint (onward.declared, ==, LL_KEPT_UNKNOWN);
  other = account;
  other.declared = FALSE;
  onward = ll_onward_judge (letters, &other, NOW);
  g_assert_cmpint (onward.declared, ==, LL_KEPT_UNKNOWN);
  g_assert_true (onward.returns);
}

/* -- what came back -------------------------------------------------------------------------- */

static const struct
{
  const char *status;
  gboolean tls;
} statuses[] = {
  { "5.7.10", TRUE }, { "5.7.30", TRUE }, { "4.7.4", TRUE },    { "5.7.5", TRUE },
  { "5.7.1", FALSE }, { "5.1.1", FALSE }, { "5.7.300", FALSE }, { "2.7.4", FALSE },
  { "", FALSE },      { "5", FALSE },
};

static void
test_status (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_assert_cmpint (ll_onward_is_tls (statuses[i].status), ==, statuses[i].tls);
}

static const struct
{
  const char *reporter;
  const char *recipient;
  const char *action;
  const char *status;
  LlOnwardOutcome outcome;
} reports[] = {
  { "dns; mail.p.lab", "bob@plain.lab", "failed", "5.7.30", LL_ONWARD_NO_TLS },
  { "dns; mail.p.lab", "Bob@Plain.lab", "Failed", "4.7.4 (TLS is required)", LL_ONWARD_NO_TLS },
  { "dns; mail.p.lab", "bob@plain.lab", "failed", "5.1.1", LL_ONWARD_RETURNED },
  { "dns; mail.p.lab", "bob@plain.lab", "delayed", "4.7.4", LL_ONWARD_OPEN },
  { "dns; mail.p.lab", "bob@plain.lab", "relayed", "2.0.0", LL_ONWARD_ARRIVED },
  { "dns; mail.p.lab", "bob@plain.lab", "delivered", "2.0.0", LL_ONWARD_ARRIVED },
  { "dns; mail.p.lab", "eve@plain.lab", "failed", "5.7.30", LL_ONWARD_OPEN },
  { "dns; mx.plain.lab", "bob@plain.lab", "failed", "5.7.30", LL_ONWARD_OPEN },
  { "dns; mx.plain.lab", "bob@plain.lab", "delivered", "2.0.0", LL_ONWARD_ARRIVED },
  { "", "bob@plain.lab", "failed", "5.7.30", LL_ONWARD_OPEN },
  { "dns; plain.lab", "bob@plain.lab", "failed", "5.7.30", LL_ONWARD_OPEN },
  { "dns; notplain.lab", "bob@plain.lab", "failed", "5.7.30", LL_ONWARD_NO_TLS },
};

static LlOnwardOutcome
read_text (const char *text)
{
  g_autofree char *detail = NULL;

  return ll_onward_read (text, strlen (text), TOKEN, "bob@plain.lab", &detail);
}

static void
test_reports (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reports); i++)
    for (guint known = 0; known < 2; known++)
      {
        g_autofree char *text
            = g_strdup_printf ("MIME-Version: 1.0\r\nContent-Type: multipart/report; "
                               "boundary=b\r\n\r\n--b\r\n"
                               "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: "
                               "%s\r\n\r\n"
                               "Final-Recipient: rfc822;\r\n %s\r\nAction: %s\r\nStatus: "
                               "%s\r\n\r\n--b\r\n"
                               "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: "
                               "<%s>\r\n\r\n--b--\r\n",
                               reports[i].reporter, reports[i].recipient, reports[i].action,
                               reports[i].status, known ? TOKEN : "other");

        g_test_message ("%s", text);
        g_assert_cmpint (read_text (text), ==, known ? reports[i].outcome : LL_ONWARD_OPEN);
      }
}

static void
test_itself (void)
{
  g_assert_cmpint (read_text ("Message-ID: <x." TOKEN "@p.lab>\r\n\r\nhello\r\n"), ==,
                   LL_ONWARD_ARRIVED);
  /* who answers it, or quotes it, need not have it from the provider */
  g_assert_cmpint (read_text ("Message-ID: <y@z>\r\nIn-Reply-To: <x." TOKEN "@p.lab>\r\n\r\n"), ==,
                   LL_ONWARD_OPEN);
  g_assert_cmpint (read_text (TOKEN), ==, LL_ONWARD_OPEN);
}

/* -- kept ------------------------------------------------------------------------------------ */

static void
test_book (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ll-onward-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "onward", NULL);
  LlAccount account = account_of (0);
  g_autoptr (LlOnwardBook) again = NULL;
  g_autoptr (GPtrArray) letters = NULL;
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (LlOnwardBook) book = ll_onward_book_new (folder);

    g_assert_true (ll_onward_book_put (book, letter_of ("p-A", &account), &error));
    g_assert_true (ll_onward_book_put (book, letter_of ("pR?", &account), &error));
    g_assert_true (ll_onward_book_put (book, letter_of ("p-?", &account), &error)); /* anew */
    ll_onward_book_settle (book, "p-?", LL_ONWARD_NO_TLS, "5.7.10 no");
    ll_onward_book_settle (book, "nobody", LL_ONWARD_ARRIVED, NULL);
  }
  again = ll_onward_book_new (folder);
  letters = ll_onward_book_letters (again, &account);
  g_assert_cmpuint (letters->len, ==, 2);
  g_assert_cmpstr (((LlOnwardLetter *) letters->pdata[1])->detail, ==, "5.7.10 no");
  g_assert_cmpint (ll_onward_book_judge (again, &account, NOW).declared, ==, LL_KEPT_YES);
  g_assert_cmpuint (ll_onward_book_judge (again, &account, NOW).open, ==, 1);
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/onward/judge", test_judge);
  g_test_add_func ("/deliver/onward/scope", test_scope);
  g_test_add_func ("/deliver/onward/status", test_status);
  g_test_add_func ("/deliver/onward/reports", test_reports);
  g_test_add_func ("/deliver/onward/itself", test_itself);
  g_test_add_func ("/deliver/onward/book", test_book);
  return g_test_run ();
}
