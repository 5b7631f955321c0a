/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/command.h"

#include "wire/address.h"

#include <string.h>

/* RFC 3461 4.4 and 4.2 */
#define ENVID_MAX 100
#define ORCPT_MAX 500

static const char *const verb_names[] = {
  [LL_VERB_UNKNOWN] = "?",         [LL_VERB_EHLO] = "EHLO", [LL_VERB_HELO] = "HELO",
  [LL_VERB_STARTTLS] = "STARTTLS", [LL_VERB_AUTH] = "AUTH", [LL_VERB_MAIL] = "MAIL",
  [LL_VERB_RCPT] = "RCPT",         [LL_VERB_DATA] = "DATA", [LL_VERB_BDAT] = "BDAT",
  [LL_VERB_RSET] = "RSET",         [LL_VERB_NOOP] = "NOOP", [LL_VERB_QUIT] = "QUIT",
  [LL_VERB_VRFY] = "VRFY",         [LL_VERB_EXPN] = "EXPN", [LL_VERB_HELP] = "HELP",
};
G_STATIC_ASSERT (G_N_ELEMENTS (verb_names) == LL_VERB_COUNT);

const char *
ll_verb_name (LlVerb verb)
{
  return verb_names[verb];
}

/* -- the line ---------------------------------------------------------------- */

static void
trim_end (LlScan *scan)
{
  while (!ll_scan_at_end (scan) && (scan->end[-1] == ' ' || scan->end[-1] == '\t'))
    scan->end--;
}

static gboolean
has_control (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (line[i]) && line[i] != '\t')
      return TRUE;
  return FALSE;
}

gboolean
ll_command_parse (const char *line, gsize length, LlCommand *command)
{
  LlScan scan = ll_scan (line, length);
  LlScan word;

  if (has_control (line, length))
    return FALSE;
  trim_end (&scan);
  word = scan;
  while (!ll_scan_at_end (&scan) && g_ascii_isalpha (*scan.at))
    scan.at++;
  word.end = scan.at;
  *command = (LlCommand){ .verb = LL_VERB_UNKNOWN, .arguments = scan };
  for (guint verb = LL_VERB_EHLO; verb < LL_VERB_COUNT; verb++)
    if (ll_scan_equals (&word, verb_names[verb]))
      command->verb = (LlVerb) verb;
  /* Outlook Express answers an "AUTH=LOGIN" in the same spelling. */
  if (command->verb == LL_VERB_AUTH)
    (void) ll_scan_byte (&scan, '=');
  else if (!ll_scan_at_end (&scan) && *scan.at != ' ' && *scan.at != '\t')
    command->verb = LL_VERB_UNKNOWN;
  ll_scan_blanks (&scan);
  command->arguments = scan;
  return TRUE;
}

gboolean
ll_command_is_http (const char *line, gsize length)
{
  static const char *const methods[]
      = { "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "PATCH ", "DELETE ", "PRI * " };
  LlScan scan = ll_scan (line, length);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (ll_scan_literal (&scan, methods[i]))
      return TRUE;
  return FALSE;
}

/* -- parameters ---------------------------------------------------------------- */

typedef struct
{
  LlScan keyword;
  LlScan value;
  gboolean has_value;
} Parameter;

#define ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* RFC 5321 4.1.2: esmtp-param; at the end of @scan or on bad syntax FALSE. */
static gboolean
next_parameter (LlScan *scan, Parameter *parameter)
{
  const char *start;

  if (!ll_scan_span (scan, ALNUM "-", &parameter->keyword))
    return FALSE;
  parameter->has_value = ll_scan_byte (scan, '=');
  start = scan->at;
  while (!ll_scan_at_end (scan) && *scan->at != ' ' && *scan->at != '\t')
    scan->at++;
  parameter->value = ll_scan (start, (gsize) (scan->at - start));
  if (parameter->has_value == ll_scan_at_end (&parameter->value))
    return FALSE;
  ll_scan_blanks (scan);
  return TRUE;
}

/* RFC 3461 4: printable, "+" only before two hexadecimal digits, no "=". */
static gboolean
is_xtext (const LlScan *value, gsize max)
{
  if (ll_scan_length (value) == 0 || ll_scan_length (value) > max)
    return FALSE;
  for (const char *at = value->at; at < value->end; at++)
    {
      if (!g_ascii_isgraph (*at) || *at == '=')
        return FALSE;
      if (*at == '+'
          && (value->end - at < 3 || !g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2])))
        return FALSE;
    }
  return TRUE;
}

static gboolean
bad_parameter (LlReply *refusal, const Parameter *parameter, const char *what)
{
  g_autofree char *keyword = ll_scan_dup (&parameter->keyword);

  ll_reply_set (refusal, 501, "5.5.4", "%s: %s", keyword, what);
  return FALSE;
}

static gboolean
unknown_parameter (LlReply *refusal, const Parameter *parameter)
{
  g_autofree char *keyword = ll_scan_dup (&parameter->keyword);

  ll_reply_set (refusal, 555, "5.5.4", "Parameter %s is not offered here", keyword);
  return FALSE;
}

typedef struct
{
  LlEnvelope *envelope;   /* MAIL */
  LlRecipient *recipient; /* RCPT */
  gboolean requiretls_offered;
  guint seen; /* bits: index in the table */
} Target;

typedef gboolean (*ParameterReader) (const Parameter *parameter, Target *target, LlReply *refusal);

static gboolean
read_size (const Parameter *parameter, Target *target, LlReply *refusal)
{
  LlScan value = parameter->value;

  if (!ll_scan_number (&value, G_MAXUINT64, &target->envelope->size) || !ll_scan_at_end (&value))
    return bad_parameter (refusal, parameter, "not a number of bytes");
  return TRUE;
}

static gboolean
read_body (const Parameter *parameter, Target *target, LlReply *refusal)
{
  target->envelope->body_8bit = ll_scan_equals (&parameter->value, "8BITMIME");
  if (!target->envelope->body_8bit && !ll_scan_equals (&parameter->value, "7BIT"))
    return bad_parameter (refusal, parameter, "only 7BIT and 8BITMIME are offered");
  return TRUE;
}

static gboolean
read_smtputf8 (const Parameter *parameter, Target *target, LlReply *refusal)
{
  target->envelope->smtputf8 = TRUE;
  return !parameter->has_value || bad_parameter (refusal, parameter, "takes no value");
}

static gboolean
read_requiretls (const Parameter *parameter, Target *target, LlReply *refusal)
{
  if (!target->requiretls_offered)
    return unknown_parameter (refusal, parameter);
  target->envelope->requiretls = TRUE;
  return !parameter->has_value || bad_parameter (refusal, parameter, "takes no value");
}

static gboolean
read_ret (const Parameter *parameter, Target *target, LlReply *refusal)
{
  if (ll_scan_equals (&parameter->value, "FULL"))
    target->envelope->ret = g_strdup ("FULL");
  else if (ll_scan_equals (&parameter->value, "HDRS"))
    target->envelope->ret = g_strdup ("HDRS");
  else
    return bad_parameter (refusal, parameter, "must be FULL or HDRS");
  return TRUE;
}

static gboolean
read_envid (const Parameter *parameter, Target *target, LlReply *refusal)
{
  if (!is_xtext (&parameter->value, ENVID_MAX))
    return bad_parameter (refusal, parameter, "must be 1 to 100 printable characters (xtext)");
  target->envelope->envid = ll_scan_dup (&parameter->value);
  return TRUE;
}

/* RFC 4954 5: who handed the letter in first; nobody here asks. */
static gboolean
read_auth (const Parameter *parameter, Target *target, LlReply *refusal)
{
  if (!ll_scan_equals (&parameter->value, "<>") && !is_xtext (&parameter->value, ORCPT_MAX))
    return bad_parameter (refusal, parameter, "must be <> or an address (xtext)");
  return TRUE;
}

static gboolean
read_notify (const Parameter *parameter, Target *target, LlReply *refusal)
{
  LlScan value = parameter->value;
  gboolean more = TRUE;

  if (!ll_scan_equals (&value, "NEVER"))
    {
      while (more
             && (ll_scan_word (&value, "SUCCESS") || ll_scan_word (&value, "FAILURE")
                 || ll_scan_word (&value, "DELAY")))
        more = ll_scan_byte (&value, ',');
      if (more || !ll_scan_at_end (&value))
        return bad_parameter (refusal, parameter, "must be NEVER, or of SUCCESS,FAILURE,DELAY");
    }
  target->recipient->notify = ll_scan_dup (&parameter->value);
  return TRUE;
}

static gboolean
read_orcpt (const Parameter *parameter, Target *target, LlReply *refusal)
{
  LlScan value = parameter->value;
  LlScan type;
  gboolean utf8 = FALSE;

  if (!ll_scan_span (&value, ALNUM "-", &type) || !ll_scan_byte (&value, ';'))
    return bad_parameter (refusal, parameter, "must be like rfc822;a@example.com");
  /* RFC 6533 3: the address itself in UTF-8 */
  utf8 = ll_scan_equals (&type, "utf-8") && ll_scan_length (&value) <= ORCPT_MAX
         && ll_scan_length (&value) > 0
         && g_utf8_validate (value.at, (gssize) ll_scan_length (&value), NULL)
         && memchr (value.at, '=', ll_scan_length (&value)) == NULL;
  if (!utf8 && !is_xtext (&value, ORCPT_MAX))
    return bad_parameter (refusal, parameter, "the address is not written in xtext");
  target->recipient->orcpt = ll_scan_dup (&parameter->value);
  return TRUE;
}

static const struct
{
  const char *keyword;
  LlVerb verb;
  ParameterReader read;
} parameters[] = {
  { "SIZE", LL_VERB_MAIL, read_size },         { "BODY", LL_VERB_MAIL, read_body },
  { "SMTPUTF8", LL_VERB_MAIL, read_smtputf8 }, { "REQUIRETLS", LL_VERB_MAIL, read_requiretls },
  { "RET", LL_VERB_MAIL, read_ret },           { "ENVID", LL_VERB_MAIL, read_envid },
  { "AUTH", LL_VERB_MAIL, read_auth },         { "NOTIFY", LL_VERB_RCPT, read_notify },
  { "ORCPT", LL_VERB_RCPT, read_orcpt },
};

static gboolean
read_parameter (LlVerb verb, const Parameter *parameter, Target *target, LlReply *refusal)
{
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      if (parameters[i].verb != verb
          || !ll_scan_equals (&parameter->keyword, parameters[i].keyword))
        continue;
      if (target->seen & (1u << i))
        return bad_parameter (refusal, parameter, "given twice");
      target->seen |= 1u << i;
      return parameters[i].read (parameter, target, refusal);
    }
  return unknown_parameter (refusal, parameter);
}

static gboolean
read_parameters (LlScan *scan, LlVerb verb, Target *target, LlReply *refusal)
{
  Parameter parameter;

  if (!ll_scan_at_end (scan) && ll_scan_blanks (scan) == 0)
    {
      ll_reply_set (refusal, 501, "5.5.4", "Something stands behind the address");
      return FALSE;
    }
  while (!ll_scan_at_end (scan))
    {
      if (!next_parameter (scan, &parameter))
        {
          ll_reply_set (refusal, 501, "5.5.4", "The parameters behind the address cannot be read");
          return FALSE;
        }
      if (!read_parameter (verb, &parameter, target, refusal))
        return FALSE;
    }
  return TRUE;
}

/* -- MAIL, RCPT, BDAT ---------------------------------------------------------- */

static gboolean
read_path (const LlCommand *command,
           const char *word,
           const char *enhanced,
           LlScan *scan,
           LlMailbox *mailbox,
           LlReply *refusal)
{
  g_autoptr (GError) error = NULL;

  *scan = command->arguments;
  if (!ll_scan_word (scan, word))
    {
      ll_reply_set (refusal, 501, "5.5.4", "Say it as %s %s<address>", ll_verb_name (command->verb),
                    word);
      return FALSE;
    }
  ll_scan_blanks (scan);
  if (!ll_address_take_path (scan, mailbox, &error))
    {
      ll_reply_set (refusal, 501, enhanced, "%s", error->message);
      return FALSE;
    }
  return TRUE;
}

gboolean
ll_command_read_mail (const LlCommand *command,
                      gboolean requiretls_offered,
                      LlEnvelope *envelope,
                      LlReply *refusal)
{
  g_auto (LlMailbox) mailbox = { 0 };
  Target target = { .envelope = envelope, .requiretls_offered = requiretls_offered };
  LlScan scan;

  if (!read_path (command, "FROM:", "5.1.7", &scan, &mailbox, refusal)
      || !read_parameters (&scan, LL_VERB_MAIL, &target, refusal))
    return FALSE;
  g_free (envelope->sender);
  envelope->sender = g_steal_pointer (&mailbox.written);
  if (!g_str_is_ascii (mailbox.local))
    envelope->smtputf8 = TRUE;
  return TRUE;
}

LlRecipient *
ll_command_read_rcpt (const LlCommand *command, LlReply *refusal)
{
  g_auto (LlMailbox) mailbox = { 0 };
  g_autoptr (LlRecipient) recipient = NULL;
  Target target = { 0 };
  LlScan scan;

  if (!read_path (command, "TO:", "5.1.3", &scan, &mailbox, refusal))
    return NULL;
  if (mailbox.local[0] == '\0')
    {
      ll_reply_set (refusal, 501, "5.1.3", "The address is empty");
      return NULL;
    }
  target.recipient = recipient = ll_address_recipient_from_mailbox (&mailbox);
  if (!read_parameters (&scan, LL_VERB_RCPT, &target, refusal))
    return NULL;
  return g_steal_pointer (&recipient);
}

gboolean
ll_command_read_bdat (const LlCommand *command, guint64 *size, gboolean *last)
{
  LlScan scan = command->arguments;

  if (!ll_scan_number (&scan, G_MAXINT64, size))
    return FALSE;
  *last = FALSE;
  if (ll_scan_at_end (&scan))
    return TRUE;
  if (ll_scan_blanks (&scan) == 0 || !ll_scan_word (&scan, "LAST"))
    return FALSE;
  *last = TRUE;
  return ll_scan_at_end (&scan);
}
