/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What sendmail's callers wrote on the command line. */
typedef struct
{
  gboolean help;
  gboolean print_queue;  /* -bp */
  gboolean from_headers; /* -t */
  gboolean ignore_dots;  /* -i, -oi */
  const char *sender;    /* -f, -r; NULL: the From header's */
  const char *name;      /* -F */
  GPtrArray *recipients; /* of const char * */
} LlSendmailArguments;

/* FALSE: *wrong is the option that is not known. */
gboolean
ll_sendmail_parse (int argc, char **argv, LlSendmailArguments *arguments, const char **wrong);

/* The letter as it is submitted: what it lacks (From, Date, Message-ID) put before it, a line with
 * a lone dot ending it unless @ignore_dots; with the addresses in its header. */
typedef struct
{
  GString *text;
  GPtrArray *to; /* of char *: To, Cc and Bcc */
  char *from;    /* or NULL */
} LlSendmailLetter;

/* @input: all of it. @sender: for a From header where there is none. */
LlSendmailLetter *ll_sendmail_letter (
    const char *input, gsize length, gboolean ignore_dots, const char *sender, const char *name);
void ll_sendmail_letter_free (LlSendmailLetter *letter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSendmailLetter, ll_sendmail_letter_free)

G_END_DECLS
