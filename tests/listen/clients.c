/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "listen/authority.h"
#include "served.h"

/*
 * Real mail programs against a real listener: over STARTTLS and over implicit TLS,
 * our authority verified. Each is also given a wrong authority: then it must refuse,
 * or the verification above would prove nothing. A program that is not installed is
 * skipped and counted.
 */

static const char letter[]
    = "From: me@example.com\nTo: a@example.com\nSubject: hello\n\nline\n.dot\n";

static const char smtplib[]
    = "import smtplib, ssl, sys\n"
      "port, implicit, ca = int(sys.argv[1]), sys.argv[2] == 'tls', sys.argv[3]\n"
      "context = ssl.create_default_context(cafile=ca)\n"
      "client = (smtplib.SMTP_SSL('localhost', port, context=context) if implicit\n"
      "          else smtplib.SMTP('localhost', port))\n"
      "if not implicit:\n"
      "    client.starttls(context=context)\n"
      "client.login('me', 'secret')\n"
      "client.sendmail('me@example.com', ['a@example.com', 'b@example.com'], "
      "open(sys.argv[4]).read())\n"
      "client.quit()\n";

/* %P port, %C authority, %L letter, %F folder. The first array: STARTTLS, the second: TLS. */
static const struct
{
  const char *name;
  const char *program;
  const char *starttls;
  const char *tls;

} clients[] = {
  { "swaks", "swaks",
    "swaks --server localhost:%P --tls --tls-verify --tls-ca-path %C --auth PLAIN --auth-user me "
    "--auth-password secret --from me@example.com --to a@example.com --data @%L",
    "swaks --server localhost:%P --tls-on-connect --tls-verify --tls-ca-path %C --auth LOGIN "
    "--auth-user me --auth-password secret --from me@example.com --to a@example.com --data @%L" },
  { "msmtp", "msmtp",
    "sh -c 'msmtp --file=/dev/null --host=localhost --port=%P --tls=on --tls-trust-file=%C "
    "--auth=on --user=me --passwordeval=\"echo secret\" --from=me@example.com a@example.com < %L'",
    "sh -c 'msmtp --file=/dev/null --host=127.0.0.1 --port=%P --tls=on --tls-starttls=off "
    "--tls-trust-file=%C --auth=login --user=me --passwordeval=\"echo secret\" "
    "--from=me@example.com a@example.com < %L'" },
  { "curl", "curl",
    "curl -sS --ssl-reqd --cacert %C --user me:secret --mail-from me@example.com --mail-rcpt "
    "a@example.com -T %L smtp://localhost:%P/desk",
    "curl -sS --cacert %C --user me:secret --mail-from me@example.com --mail-rcpt a@example.com "
    "-T %L smtps://127.0.0.1:%P/desk" },
  { "smtplib", "/usr/bin/python3", "/usr/bin/python3 %F/client.py %P starttls %C %L",
    "/usr/bin/python3 %F/client.py %P tls %C %L" },
  { "s-nail", "s-nail",
    "sh -c 'HOME=%F s-nail -:/ -S v15-compat -S mta=smtp://me:secret@localhost:%P "
    "-S smtp-use-starttls -S smtp-auth=plain -S tls-ca-no-defaults -S tls-verify=strict "
    "-S tls-ca-file=%C -S from=me@example.com -S sendwait -s hello a@example.com < %L'",
    "sh -c 'HOME=%F s-nail -:/ -S v15-compat -S mta=smtps://me:secret@localhost:%P "
    "-S smtp-auth=login -S tls-ca-no-defaults -S tls-verify=strict -S tls-ca-file=%C "
    "-S from=me@example.com -S sendwait -s hello a@example.com < %L'" },
};

static char *
expand (Fixture *fixture, const char *pattern, guint16 port, const char *ca_file)
{
  GString *command = g_string_new (pattern);
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *letter_file = g_build_filename (fixture->folder, "letter.eml", NULL);

  g_string_replace (command, "%P", number, 0);
  g_string_replace (command, "%C", ca_file, 0);
  g_string_replace (command, "%L", letter_file, 0);
  g_string_replace (command, "%F", fixture->folder, 0);
  return g_string_free (command, FALSE);
}

/* Whether the program says that it sent the letter. */
static gboolean
run (Fixture *fixture, const char *pattern, guint16 port, const char *ca_file)
{
  g_autofree char *command = expand (fixture, pattern, port, ca_file);
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) environment = g_environ_unsetenv (g_get_environ (), "SSL_CERT_FILE");
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_assert_true (g_shell_parse_argv (command, NULL, &words, NULL));
  g_spawn_sync (fixture->folder, words, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    {
      g_autofree char *text = g_strescape (err, "\n");

      g_test_message ("%s", text);
    }
  return status == 0;
}

static guint
letters_taken (Fixture *fixture)
{
  guint taken = 0;

  g_mutex_lock (&fixture->lock);
  for (guint i = 0; i < fixture->recorders->len; i++)
    taken += ((Recorder *) fixture->recorders->pdata[i])->taken;
  g_mutex_unlock (&fixture->lock);
  return taken;
}

/* An authority that did not sign our certificate. */
static char *
make_wrong_authority (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "wrong", NULL);
  g_autoptr (LlAuthority) other = ll_authority_open (folder, NULL);
  g_autofree char *pem = ll_authority_export (other);
  char *path = g_build_filename (fixture->folder, "wrong.pem", NULL);

  g_assert_true (g_file_set_contents (path, pem, -1, NULL));
  return path;
}

static void
write_files (Fixture *fixture)
{
  g_autofree char *letter_file = g_build_filename (fixture->folder, "letter.eml", NULL);
  g_autofree char *client = g_build_filename (fixture->folder, "client.py", NULL);

  g_assert_true (g_file_set_contents (letter_file, letter, -1, NULL));
  g_assert_true (g_file_set_contents (client, smtplib, -1, NULL));
}

/* Line ends are CRLF and the dot stands there once, whatever the program did on the way: curl
 * sends LF as it is in the file, and no second dot behind it. */
static void
check_letter (Fixture *fixture, guint n)
{
  const Recorder *recorder = fixture->recorders->pdata[n];

  g_assert_nonnull (strstr (recorder->letters->str, "Subject: hello\r\n"));
  g_assert_nonnull (strstr (recorder->letters->str, "\r\nline\r\n.dot\r\n"));
}

static void
test_client (Fixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *found = g_find_program_in_path (clients[i].program);
  const char *const patterns[] = { clients[i].starttls, clients[i].tls };
  g_autofree char *wrong = NULL;

  if (found == NULL)
    {
      g_test_skip ("not installed");
      return;
    }
  wrong = make_wrong_authority (fixture);
  write_files (fixture);
  for (guint n = 0; n < G_N_ELEMENTS (patterns); n++)
    {
      guint16 port = n == 0 ? fixture->smtp : fixture->smtps;

      g_test_message ("%s", n == 0 ? "STARTTLS" : "TLS");
      g_assert_true (run (fixture, patterns[n], port, fixture->ca_file));
      wait_closed (fixture, 2 * n + 1);
      g_assert_cmpuint (letters_taken (fixture), ==, n + 1);
      check_letter (fixture, 2 * n);
      g_assert_false (run (fixture, patterns[n], port, wrong));
      wait_closed (fixture, 2 * n + 2);
      g_assert_cmpuint (letters_taken (fixture), ==, n + 1);
    }
}

static int
fill_cb (SSL *ssl,
         unsigned int type,
         unsigned int context,
         const unsigned char **out,
         size_t *length,
         X509 *certificate,
         size_t nth,
         int *alert,
         void *data)
{
  static const unsigned char filler[12 * 1024];

  *out = filler;
  *length = sizeof filler;
  return 1;
}

/* C40: keys of the next generation make a greeting that no single packet holds. */
static void
test_large_hello (Fixture *fixture, gconstpointer data)
{
  for (guint n = 0; n < 2; n++)
    {
      g_autoptr (LlConnection) connection = dial (n == 0 ? fixture->smtp : fixture->smtps);
      g_autoptr (GError) error = NULL;
      g_autoptr (SSL_CTX) context
          = ll_tls_client_context (LL_TLS_UPSTREAM, fixture->ca_file, &error);
      SSL *ssl;

      g_assert_no_error (error);
      g_assert_cmpint (SSL_CTX_add_custom_ext (context, 65432, SSL_EXT_CLIENT_HELLO, fill_cb, NULL,
                                               NULL, NULL, NULL),
                       ==, 1);
      if (n == 0)
        {
          expect (connection, "220 ");
          say (connection, "EHLO x\r\nSTARTTLS\r\n");
          expect (connection, "250-");
          expect (connection, "220 ");
        }
      ssl = ll_tls_client_new (context, "localhost", &error);
      ll_connection_handshake (connection, ssl, FALSE, ll_deadline_in (10000), NULL, &error);
      g_assert_no_error (error);
      if (n == 1)
        expect (connection, "220 ");
      say (connection, "EHLO x\r\n");
      expect (connection, "250-");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_autofree char *path = g_strconcat ("/clients/", clients[i].name, NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_client, tear_down);
    }
  g_test_add ("/clients/C40-large-hello", Fixture, NULL, set_up, test_large_hello, tear_down);
  return run_to_the_last_thread ();
}
