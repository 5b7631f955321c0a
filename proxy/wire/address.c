/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/address.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <string.h>

/* RFC 1035 3.1: 255 octets with the length bytes and the root label. */
#define DOMAIN_TEXT_MAX 253
#define LABEL_MAX 63

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX, sentence);
  return FALSE;
}

static gboolean
refuse_length (GError **error, const char *sentence)
{
  g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TOO_LONG, sentence);
  return FALSE;
}

void
ll_mailbox_clear (LlMailbox *mailbox)
{
  g_free (mailbox->written);
  g_free (mailbox->local);
  g_free (mailbox->domain);
  *mailbox = (LlMailbox){ 0 };
}

/* -- domains ---------------------------------------------------------------- */

/* Letters, digits, hyphens inside, underscores; no root dot. */
static gboolean
is_ldh_domain (const char *domain)
{
  const char *label = domain;
  gboolean numeric = TRUE;

  if (strlen (domain) > DOMAIN_TEXT_MAX)
    return FALSE;
  for (;;)
    {
      gsize length = strcspn (label, ".");

      if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return FALSE;
      numeric = TRUE;
      for (gsize i = 0; i < length; i++)
        {
          if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
            return FALSE;
          numeric = numeric && g_ascii_isdigit (label[i]);
        }
      if (label[length] == '\0')
        break;
      label += length + 1;
    }
  /* RFC 3696 2: no top-level domain is all digits, so this is an address without brackets. */
  return !numeric;
}

static char *
domain_to_ascii (const char *domain)
{
  g_autofree char *lower = NULL;
  uint8_t *mapped = NULL;

  if (g_str_is_ascii (domain))
    lower = g_ascii_strdown (domain, -1);
  else if (!g_utf8_validate (domain, -1, NULL)
           || idn2_lookup_u8 ((const uint8_t *) domain, &mapped,
                              IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)
                  != IDN2_OK)
    return NULL;
  else
    {
      lower = g_ascii_strdown ((const char *) mapped, -1);
      idn2_free (mapped);
    }
  return is_ldh_domain (lower) ? g_steal_pointer (&lower) : NULL;
}

char *
ll_address_domain_ascii (const char *domain)
{
  gsize length = strlen (domain);
  g_autofree char *bare = NULL;

  if (length > 0 && domain[length - 1] == '.')
    length--;
  bare = g_strndup (domain, length);
  return domain_to_ascii (bare);
}

gboolean
ll_address_is_literal (const char *domain)
{
  return domain[0] == '[';
}

/* RFC 5321 4.1.3; the general form has no registered tag, so nothing could be done with it. */
static char *
literal_to_canonical (const char *literal)
{
  gsize length = strlen (literal);
  g_autofree char *inner = NULL;
  char text[INET6_ADDRSTRLEN];
  struct in6_addr bytes;
  LlScan scan;

  if (length < 2 || literal[0] != '[' || literal[length - 1] != ']')
    return NULL;
  inner = g_strndup (literal + 1, length - 2);
  scan = ll_scan_string (inner);
  if (ll_scan_word (&scan, "IPv6:"))
    {
      if (inet_pton (AF_INET6, scan.at, &bytes) != 1)
        return NULL;
      return g_strdup_printf ("[IPv6:%s]", inet_ntop (AF_INET6, &bytes, text, sizeof text));
    }
  if (inet_pton (AF_INET, inner, &bytes) != 1)
    return NULL;
  return g_strdup_printf ("[%s]", inet_ntop (AF_INET, &bytes, text, sizeof text));
}

char *
ll_address_domain_of (const char *target)
{
  const char *at = strrchr (target, '@');
  const char *domain = at != NULL ? at + 1 : target;

  return ll_address_is_literal (domain) ? literal_to_canonical (domain)
                                        : ll_address_domain_ascii (domain);
}

/* -- local parts ------------------------------------------------------------- */

static gboolean
is_atext (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-/=?^_`{|}~", c) != NULL)
         || ((guchar) c & 0x80);
}

/* The local part at the start of @scan, quotes included. */
static gboolean
take_local_part (LlScan *scan, LlScan *local, GError **error)
{
  const char *start = scan->at;

  if (ll_scan_byte (scan, '"'))
    {
      while (!ll_scan_byte (scan, '"'))
        {
          (void) ll_scan_byte (scan, '\\');
          if (ll_scan_at_end (scan) || g_ascii_iscntrl (*scan->at))
            return refuse (error, N_ ("The quoted name before the @ does not end"));
          scan->at++;
        }
    }
  else
    while (!ll_scan_at_end (scan) && (is_atext (*scan->at) || *scan->at == '.'))
      scan->at++;
  *local = ll_scan (start, (gsize) (scan->at - start));
  if (ll_scan_length (local) == 0)
    return refuse (error, N_ ("The name before the @ is missing"));
  if (*start == '.')
    return refuse (error, N_ ("The name before the @ starts with a dot"));
  if (ll_scan_length (local) > LL_LOCAL_PART_MAX)
    return refuse_length (error, N_ ("The name before the @ is longer than 64 bytes"));
  if (!g_utf8_validate (start, (gssize) ll_scan_length (local), NULL))
    return refuse (error, N_ ("The name before the @ is not UTF-8"));
  return TRUE;
}

/* -- mailboxes and paths ------------------------------------------------------- */

static LlScan
take_domain (LlScan *scan)
{
  const char *start = scan->at;

  while (!ll_scan_at_end (scan) && *scan->at != '>' && *scan->at != ' ' && *scan->at != '\t')
    scan->at++;
  return ll_scan (start, (gsize) (scan->at - start));
}

static gboolean
take_mailbox (LlScan *scan, LlMailbox *mailbox, GError **error)
{
  const char *start = scan->at;
  LlScan local, domain;
  g_autofree char *written = NULL;
  g_autofree char *ascii = NULL;

  if (!take_local_part (scan, &local, error))
    return FALSE;
  if (!ll_scan_byte (scan, '@'))
    return refuse (error, ll_scan_at_end (scan) || *scan->at == '>' || *scan->at == ' '
                              ? N_ ("The address has no @")
                              : N_ ("The name before the @ has a character that is not allowed"));
  domain = take_domain (scan);
  if (memchr (domain.at, '\0', ll_scan_length (&domain)) != NULL)
    return refuse (error, N_ ("The address contains a NUL byte"));
  written = ll_scan_dup (&domain);
  ascii = ll_address_is_literal (written) ? literal_to_canonical (written)
                                          : domain_to_ascii (written);
  if (ascii == NULL)
    {
      g_autofree char *shown = g_utf8_make_valid (written, -1);

      g_set_error (error, LL_WIRE_ERROR, LL_WIRE_ERROR_SYNTAX, "\"%s\" is not a domain name",
                   shown);
      return FALSE;
    }
  if ((gsize) (scan->at - start) > LL_ADDRESS_MAX
      || ll_scan_length (&local) + 1 + strlen (ascii) > LL_ADDRESS_MAX)
    return refuse_length (error, N_ ("The address is longer than 254 bytes"));
  mailbox->written = g_strndup (start, (gsize) (scan->at - start));
  mailbox->local = ll_scan_dup (&local);
  mailbox->domain = g_steal_pointer (&ascii);
  return TRUE;
}

gboolean
ll_address_parse_mailbox (const char *text, LlMailbox *mailbox, GError **error)
{
  g_auto (LlMailbox) found = { 0 };
  LlScan scan = ll_scan_string (text);

  if (!take_mailbox (&scan, &found, error))
    return FALSE;
  if (!ll_scan_at_end (&scan))
    return refuse (error, N_ ("Something stands behind the address"));
  *mailbox = found;
  found = (LlMailbox){ 0 };
  return TRUE;
}

/* RFC 5321 appendix C: a route is accepted and ignored. */
static gboolean
skip_route (LlScan *scan, GError **error)
{
  LlScan route;

  if (ll_scan_at_end (scan) || *scan->at != '@')
    return TRUE;
  if (!ll_scan_until (scan, ':', &route) || memchr (route.at, '>', ll_scan_length (&route)) != NULL)
    return refuse (error, N_ ("The route before the address does not end in a colon"));
  (void) ll_scan_byte (scan, ':');
  return TRUE;
}

gboolean
ll_address_take_path (LlScan *scan, LlMailbox *mailbox, GError **error)
{
  g_auto (LlMailbox) found = { 0 };
  LlScan at = *scan;

  if (ll_scan_literal (&at, "<>"))
    found = (LlMailbox){ g_strdup (""), g_strdup (""), g_strdup ("") };
  else if (ll_scan_byte (&at, '<'))
    {
      if (!skip_route (&at, error) || !take_mailbox (&at, &found, error))
        return FALSE;
      if (!ll_scan_byte (&at, '>'))
        return refuse (error, N_ ("The address has no closing >"));
    }
  else if (!take_mailbox (&at, &found, error))
    return FALSE;
  *scan = at;
  *mailbox = found;
  found = (LlMailbox){ 0 };
  return TRUE;
}

LlRecipient *
ll_address_recipient_from_mailbox (const LlMailbox *mailbox)
{
  LlRecipient *recipient = g_new0 (LlRecipient, 1);

  recipient->address = g_strconcat (mailbox->local, "@", mailbox->domain, NULL);
  recipient->original = g_strdup (mailbox->written);
  recipient->domain = g_strdup (mailbox->domain);
  return recipient;
}

LlRecipient *
ll_address_parse_recipient (const char *path, GError **error)
{
  g_auto (LlMailbox) mailbox = { 0 };
  LlScan scan = ll_scan_string (path);

  if (!ll_address_take_path (&scan, &mailbox, error))
    return NULL;
  if (mailbox.local[0] == '\0')
    {
      refuse (error, N_ ("The address is empty"));
      return NULL;
    }
  if (!ll_scan_at_end (&scan))
    {
      refuse (error, N_ ("Something stands behind the address"));
      return NULL;
    }
  return ll_address_recipient_from_mailbox (&mailbox);
}

char *
ll_address_normalise (const char *mailbox, char **domain, GError **error)
{
  g_auto (LlMailbox) parts = { 0 };

  if (!ll_address_parse_mailbox (mailbox, &parts, error))
    return NULL;
  if (domain != NULL)
    *domain = g_strdup (parts.domain);
  return g_strconcat (parts.local, "@", parts.domain, NULL);
}
