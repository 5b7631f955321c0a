/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/sendmail.h"

#include "cli/command.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * For programs that call sendmail. The letter goes to the daemon as a file descriptor
 * over its private socket: that socket lets in nobody but this user, so that no
 * password is needed, none lies about in a file, and no port is spoken to.
 */

/* As base/limits.h allows a letter to be. */
#define INPUT_MAX (512L * 1024 * 1024)

static const char help[]
    = "Usage: letterlock sendmail [OPTION...] [ADDRESS...]\n\n"
      "Submits the letter on stdin. Understands what programs give to sendmail:\n\n"
      "  -t           recipients are those in To, Cc and Bcc (and on the command line)\n"
      "  -i, -oi      a line with a lone dot does not end the letter\n"
      "  -f ADDRESS   envelope sender (default: From)\n"
      "  -F NAME      name for a From header, where there is none\n"
      "  -bp          show the queue\n"
      "  --           what follows is an address\n\n"
      "Exit status, from sysexits.h: 0 taken, 64 usage, 65 data, 67 a recipient was\n"
      "refused (and nothing sent), 69 refused, 74 reading failed, 75 try again later,\n"
      "77 not allowed.\n";

static GString *
read_input (void)
{
  GString *input = g_string_new (NULL);
  char bytes[64 * 1024];
  gssize n;

  do
    {
      n = read (STDIN_FILENO, bytes, sizeof bytes);
      if (n > 0)
        g_string_append_len (input, bytes, n);
    }
  while ((n > 0 || (n < 0 && errno == EINTR)) && (gint64) input->len <= INPUT_MAX);
  if (n == 0)
    return input;
  g_string_free (input, TRUE);
  return NULL;
}

/* The letter in memory that the daemon can read. -1: no memory. */
static int
memory_file (const GString *text)
{
  int fd = memfd_create ("letter", MFD_CLOEXEC);
  gsize done = 0;

  while (fd >= 0 && done < text->len)
    {
      gssize n = write (fd, text->str + done, text->len - done);

      if (n < 0 && errno != EINTR)
        {
          close (fd);
          return -1;
        }
      done += n > 0 ? (gsize) n : 0;
    }
  return fd;
}

static int
sysexit_of (const GError *error)
{
  if (error->domain != LL_API_ERROR)
    return EX_TEMPFAIL;
  switch ((LlApiError) error->code)
    {
    case LL_API_ERROR_INVALID:
      return EX_DATAERR;
    case LL_API_ERROR_NOT_FOUND:
    case LL_API_ERROR_REFUSED:
      return EX_NOPERM;
    case LL_API_ERROR_FAILED:
    case LL_API_ERROR_LOCKED:
    case LL_API_ERROR_UNAVAILABLE:
      return EX_TEMPFAIL;
    }
  return EX_TEMPFAIL;
}

static int
fail (GError *error)
{
  int status = sysexit_of (error);

  ll_complain ("%s", error->message);
  g_error_free (error);
  return status;
}

/* -- the answer ----------------------------------------------------------------------------- */

static int
report (GVariant *answer)
{
  g_autoptr (GVariant) refused = ll_below (answer, "refused");
  gsize n = refused != NULL ? g_variant_n_children (refused) : 0;
  gint64 code = ll_number (answer, "code");

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (refused, i);

      ll_complain ("%s: %s", ll_text (one, "address"), ll_text (one, "text"));
    }
  if (code >= 200 && code < 300)
    return EX_OK;
  if (n == 0)
    ll_complain ("%s", ll_text (answer, "text"));
  if (code >= 400 && code < 500)
    return EX_TEMPFAIL;
  return n > 0 ? EX_NOUSER : EX_UNAVAILABLE;
}

/* Who sends when nobody says so: the first address of the first account. */
static char *
default_sender (void)
{
  LlBusClient *daemon = ll_daemon (NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) accounts = NULL;

  if (daemon != NULL)
    reply = ll_bus_client_call (daemon, "ListAccounts", NULL, NULL, LL_ASK_SHORT, NULL, NULL);
  accounts = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  for (gsize i = 0; accounts != NULL && i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);
      g_autofree const char **addresses = NULL;

      if (g_variant_lookup (account, "addresses", "^a&s", &addresses))
        for (guint j = 0; addresses[j] != NULL; j++)
          if (addresses[j][0] != '*')
            return g_strdup (addresses[j]);
    }
  return NULL;
}

static int
submit (const LlSendmailLetter *letter, const char *sender, GPtrArray *recipients)
{
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) answer = NULL;
  GError *error = NULL;
  LlBusClient *daemon = ll_daemon (&error);
  int fd;

  if (daemon == NULL)
    return fail (error);
  fd = memory_file (letter->text);
  if (fd < 0 || g_unix_fd_list_append (descriptors, fd, NULL) < 0)
    {
      ll_complain ("There is not enough memory for the letter");
      return EX_OSERR;
    }
  close (fd);
  reply = ll_bus_client_call (daemon, "Submit",
                              g_variant_new ("(s@as@a{sv}h)", sender,
                                             g_variant_new_strv ((const char *const *)
                                                                     recipients->pdata,
                                                                 (gssize) recipients->len),
                                             g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0),
                                             0),
                              descriptors, -1, NULL, &error);
  if (reply == NULL)
    return fail (error);
  answer = g_variant_get_child_value (reply, 0);
  return report (answer);
}

/* -- the command ----------------------------------------------------------------------------- */

static int
print_queue (void)
{
  char name[] = "queue";
  char *argv[] = { name, NULL };
  int status = ll_queue_run (1, argv);

  return status == LL_EXIT_YES ? EX_OK : EX_UNAVAILABLE;
}

static int
send_letter (const LlSendmailArguments *arguments)
{
  g_autoptr (GString) input = NULL;
  g_autoptr (LlSendmailLetter) letter = NULL;
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  g_autofree char *fallback = NULL;
  const char *sender = arguments->sender;

  /* "-f root", as cron says it, names nobody whom a provider knows; "-f <>" is a bounce */
  if (sender == NULL
      || (strchr (sender, '@') == NULL && strcmp (sender, "<>") != 0 && *sender != '\0'))
    fallback = default_sender ();
  input = read_input ();
  if (input == NULL)
    {
      ll_complain ("The letter on stdin could not be read, or is larger than 512 MB");
      return EX_IOERR;
    }
  letter = ll_sendmail_letter (input->str, input->len, arguments->ignore_dots,
                               fallback != NULL ? fallback : sender, arguments->name);
  for (guint i = 0; i < arguments->recipients->len; i++)
    g_ptr_array_add (recipients, arguments->recipients->pdata[i]);
  for (guint i = 0; arguments->from_headers && i < letter->to->len; i++)
    g_ptr_array_add (recipients, letter->to->pdata[i]);
  if (recipients->len == 0)
    {
      ll_complain ("sendmail: nobody is named to send to; see letterlock sendmail --help");
      return EX_USAGE;
    }
  if (sender != NULL && strcmp (sender, "<>") == 0)
    sender = "";
  else if (sender == NULL || (strchr (sender, '@') == NULL && *sender != '\0'))
    sender = letter->from != NULL && strchr (letter->from, '@') != NULL ? letter->from : fallback;
  if (sender == NULL)
    {
      ll_complain ("sendmail: nobody is named who sends: use -f, or a From header");
      return EX_USAGE;
    }
  return submit (letter, sender, recipients);
}

int
ll_sendmail_run (int argc, char **argv)
{
  LlSendmailArguments arguments;
  const char *wrong = NULL;
  int status;

  if (!ll_sendmail_parse (argc, argv, &arguments, &wrong))
    {
      ll_complain ("sendmail: \"%s\" is not known, or lacks its value; see letterlock sendmail "
                   "--help",
                   wrong);
      status = EX_USAGE;
    }
  else if (arguments.help)
    {
      fputs (help, stdout);
      status = EX_OK;
    }
  else
    status = arguments.print_queue ? print_queue () : send_letter (&arguments);
  g_ptr_array_unref (arguments.recipients);
  return status;
}
