/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/sendmail.h"

#include <gmime/gmime.h>
#include <string.h>

/* -- the command line ---------------------------------------------------------------------- */

/* Options of other sendmails that say how to deliver: that is Letterlock's own business. */
static gboolean
is_ignored (const char *option)
{
  static const char *const ignored[] = { "-bm", "-om", "-em", "-n", "-v", "-U", "-G" };
  static const char *const prefixes[] = { "-o", "-d", "-e", "-B", "-X" };

  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    if (strcmp (option, ignored[i]) == 0)
      return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (option, prefixes[i]))
      return TRUE;
  return FALSE;
}

/* "-fme@x" or "-f me@x". NULL: another option, or nothing follows. */
static const char *
value_of (int argc, char **argv, int *i, char letter)
{
  if (argv[*i][1] != letter)
    return NULL;
  if (argv[*i][2] != '\0')
    return argv[*i] + 2;
  return *i + 1 < argc ? argv[++*i] : NULL;
}

/* FALSE: not known. */
static gboolean
parse_option (int argc, char **argv, int *i, LlSendmailArguments *arguments)
{
  static const char taken[] = "fFrNRVhLOqpm"; /* with a value */
  const char *option = argv[*i];
  const char *value;

  if (strcmp (option, "-t") == 0)
    arguments->from_headers = TRUE;
  else if (strcmp (option, "-i") == 0 || strcmp (option, "-oi") == 0)
    arguments->ignore_dots = TRUE;
  else if (strcmp (option, "-ti") == 0 || strcmp (option, "-it") == 0)
    arguments->from_headers = arguments->ignore_dots = TRUE;
  else if (strcmp (option, "-bp") == 0)
    arguments->print_queue = TRUE;
  else if (strcmp (option, "--help") == 0)
    arguments->help = TRUE;
  else if (is_ignored (option))
    return TRUE;
  else if (option[1] != '\0' && strchr (taken, option[1]) != NULL)
    {
      value = value_of (argc, argv, i, option[1]);
      if (value == NULL)
        return FALSE;
      if (option[1] == 'f' || option[1] == 'r')
        arguments->sender = value;
      else if (option[1] == 'F')
        arguments->name = value;
    }
  else
    return FALSE;
  return TRUE;
}

gboolean
ll_sendmail_parse (int argc, char **argv, LlSendmailArguments *arguments, const char **wrong)
{
  gboolean options = TRUE;

  memset (arguments, 0, sizeof *arguments);
  arguments->recipients = g_ptr_array_new ();
  for (int i = 1; i < argc; i++)
    if (options && strcmp (argv[i], "--") == 0)
      options = FALSE;
    else if (!options || argv[i][0] != '-' || argv[i][1] == '\0')
      g_ptr_array_add (arguments->recipients, argv[i]);
    else if (!parse_option (argc, argv, &i, arguments))
      {
        *wrong = argv[MIN (i, argc - 1)];
        return FALSE;
      }
  return TRUE;
}

/* -- the letter ------------------------------------------------------------------------------ */

/* One header field with its continuation lines: [*at, end). NULL: no field begins there. */
static const char *
field_end (const char *at, const char *end)
{
  const char *name = at;

  while (name < end && (guchar) *name > 32 && (guchar) *name < 127 && *name != ':')
    name++;
  if (name == at || name == end || *name != ':')
    return NULL;
  do
    {
      const char *line = memchr (at, '\n', (gsize) (end - at));

      at = line != NULL ? line + 1 : end;
    }
  while (at < end && (*at == ' ' || *at == '\t'));
  return at;
}

/* Mailboxes of an address field's value; groups opened. */
static void
add_mailboxes (GPtrArray *to, InternetAddressList *list)
{
  int n = list != NULL ? internet_address_list_length (list) : 0;

  for (int i = 0; i < n; i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);

      if (INTERNET_ADDRESS_IS_GROUP (address))
        add_mailboxes (to, internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)));
      else
        g_ptr_array_add (to, g_strdup (internet_address_mailbox_get_addr (
                                 INTERNET_ADDRESS_MAILBOX (address))));
    }
}

static GPtrArray *
mailboxes_of (const char *value)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  InternetAddressList *list = internet_address_list_parse (NULL, value);

  add_mailboxes (found, list);
  g_clear_object (&list);
  return found;
}

static gboolean
is_field (const char *field, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (field, name, length) == 0 && field[length] == ':';
}

typedef struct
{
  gboolean from, date, message_id;
} Seen;

static void
take_field (LlSendmailLetter *letter, Seen *seen, const char *field, gsize length)
{
  static const char *const recipients[] = { "To", "Cc", "Bcc" };
  g_autofree char *copy = g_strndup (field, length);
  const char *value = strchr (copy, ':') + 1;

  seen->date |= is_field (copy, "Date");
  seen->message_id |= is_field (copy, "Message-ID");
  if (is_field (copy, "From"))
    {
      g_autoptr (GPtrArray) found = mailboxes_of (value);

      seen->from = TRUE;
      if (found->len > 0 && letter->from == NULL)
        letter->from = g_strdup (found->pdata[0]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (recipients); i++)
    if (is_field (copy, recipients[i]))
      {
        g_autoptr (GPtrArray) found = mailboxes_of (value);

        g_ptr_array_extend_and_steal (letter->to, g_steal_pointer (&found));
      }
}

static void
add_missing (LlSendmailLetter *letter, const Seen *seen, const char *sender, const char *name)
{
  g_autofree char *date = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (!seen->from && sender != NULL)
    {
      InternetAddress *mailbox = internet_address_mailbox_new (name, sender);
      g_autofree char *text = internet_address_to_string (mailbox, NULL, TRUE);

      g_string_append_printf (letter->text, "From: %s\n", text);
      g_object_unref (mailbox);
      letter->from = letter->from != NULL ? letter->from : g_strdup (sender);
    }
  if (!seen->date)
    {
      date = g_mime_utils_header_format_date (now);
      g_string_append_printf (letter->text, "Date: %s\n", date);
    }
  if (!seen->message_id)
    {
      const char *at = sender != NULL ? strrchr (sender, '@') : NULL;
      g_autofree char *uuid = g_uuid_string_random ();

      g_string_append_printf (letter->text, "Message-ID: <%s@%s>\n", uuid,
                              at != NULL && at[1] != '\0' ? at + 1 : "localhost");
    }
}

/* Up to a line with a lone dot, or all of it. */
static gsize
content_length (const char *input, gsize length, gboolean ignore_dots)
{
  const char *end = input + length;

  for (const char *line = input; !ignore_dots && line < end;)
    {
      const char *next = memchr (line, '\n', (gsize) (end - line));
      gsize size = (gsize) ((next != NULL ? next : end) - line);

      if (size > 0 && line[size - 1] == '\r')
        size--;
      if (size == 1 && *line == '.')
        return (gsize) (line - input);
      line = next != NULL ? next + 1 : end;
    }
  return length;
}

LlSendmailLetter *
ll_sendmail_letter (
    const char *input, gsize length, gboolean ignore_dots, const char *sender, const char *name)
{
  LlSendmailLetter *letter = g_new0 (LlSendmailLetter, 1);
  const char *end = input + content_length (input, length, ignore_dots);
  const char *at = input;
  const char *next;
  const char *header;
  Seen seen = { FALSE };

  g_mime_init ();
  letter->text = g_string_sized_new (length + 256);
  letter->to = g_ptr_array_new_with_free_func (g_free);
  if (end - at >= 5 && memcmp (at, "From ", 5) == 0) /* the first line of an mbox file */
    {
      const char *line = memchr (at, '\n', (gsize) (end - at));

      at = line != NULL ? line + 1 : end;
    }
  header = at;
  for (; (next = field_end (at, end)) != NULL; at = next)
    take_field (letter, &seen, at, (gsize) (next - at));
  add_missing (letter, &seen, sender != NULL ? sender : letter->from, name);
  g_string_append_len (letter->text, header, at - header);
  if (at < end && *at != '\n' && *at != '\r') /* a body without header */
    g_string_append_c (letter->text, '\n');
  g_string_append_len (letter->text, at, end - at);
  return letter;
}

void
ll_sendmail_letter_free (LlSendmailLetter *letter)
{
  if (letter == NULL)
    return;
  g_string_free (letter->text, TRUE);
  g_ptr_array_unref (letter->to);
  g_free (letter->from);
  g_free (letter);
}
