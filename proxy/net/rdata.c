/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/rdata.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define LABEL_MAX 63
#define NAME_WIRE_MAX 255 /* RFC 1035 2.3.4 */
#define NAME_TEXT_MAX 253 /* the same without the outer length bytes */

typedef struct
{
  const guint8 *at; /* (not owned) */
  gsize left;
} Reader;

static Reader
reader (GBytes *rdata)
{
  Reader r = { NULL, 0 };

  r.at = g_bytes_get_data (rdata, &r.left);
  return r;
}

static gboolean
read_u8 (Reader *r, guint *value)
{
  if (r->left < 1)
    return FALSE;
  *value = r->at[0];
  r->at += 1;
  r->left -= 1;
  return TRUE;
}

static gboolean
read_u16 (Reader *r, guint *value)
{
  if (r->left < 2)
    return FALSE;
  *value = (guint) r->at[0] << 8 | r->at[1];
  r->at += 2;
  r->left -= 2;
  return TRUE;
}

static gboolean
label_byte (guint8 byte)
{
  return g_ascii_isalnum (byte) || byte == '-' || byte == '_';
}

static gboolean
label_is_plain (const guint8 *label, gsize length)
{
  if (length == 1 && label[0] == '*')
    return TRUE;
  for (gsize i = 0; i < length; i++)
    if (!label_byte (label[i]))
      return FALSE;
  return TRUE;
}

/* (transfer full) or NULL. A length byte over 63 is compression, which has no place in rdata that
 * a resolver hands out. */
static char *
read_name (Reader *r)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gsize wire = 0;

  for (;;)
    {
      guint length;

      if (!read_u8 (r, &length) || length > LABEL_MAX || length > r->left)
        return NULL;
      wire += length + 1;
      if (wire > NAME_WIRE_MAX)
        return NULL;
      if (length == 0)
        break;
      if (!label_is_plain (r->at, length))
        return NULL;
      if (name->len > 0)
        g_string_append_c (name, '.');
      g_string_append_len (name, (const char *) r->at, length);
      r->at += length;
      r->left -= length;
    }
  g_string_ascii_down (name);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

char *
ll_rdata_address (GBytes *rdata, guint16 type)
{
  char text[INET6_ADDRSTRLEN];
  int family = type == LL_RR_A ? AF_INET : AF_INET6;
  gsize length;
  const void *bytes = g_bytes_get_data (rdata, &length);

  if (type != LL_RR_A && type != LL_RR_AAAA)
    return NULL;
  if (length != (family == AF_INET ? sizeof (struct in_addr) : sizeof (struct in6_addr)))
    return NULL;
  if (inet_ntop (family, bytes, text, sizeof text) == NULL)
    return NULL;
  return g_strdup (text);
}

gboolean
ll_rdata_mx (GBytes *rdata, guint *preference, char **host)
{
  Reader r = reader (rdata);
  g_autofree char *name = NULL;
  guint value;

  if (!read_u16 (&r, &value))
    return FALSE;
  name = read_name (&r);
  if (name == NULL || r.left != 0)
    return FALSE;
  *preference = value;
  *host = g_steal_pointer (&name);
  return TRUE;
}

gboolean
ll_rdata_srv (GBytes *rdata, LlSrv *srv)
{
  Reader r = reader (rdata);
  LlSrv read = { 0 };

  if (!read_u16 (&r, &read.priority) || !read_u16 (&r, &read.weight) || !read_u16 (&r, &read.port))
    return FALSE;
  read.host = read_name (&r);
  if (read.host != NULL && r.left == 0)
    {
      *srv = read;
      return TRUE;
    }
  g_free (read.host);
  return FALSE;
}

GBytes *
ll_rdata_text (GBytes *rdata)
{
  Reader r = reader (rdata);
  g_autoptr (GByteArray) text = g_byte_array_new ();

  /* RFC 1035 3.3.14: one or more character-strings */
  if (r.left == 0)
    return NULL;
  while (r.left > 0)
    {
      guint length;

      if (!read_u8 (&r, &length) || length > r.left)
        return NULL;
      g_byte_array_append (text, r.at, length);
      r.at += length;
      r.left -= length;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&text));
}

gboolean
ll_rdata_tlsa (GBytes *rdata, LlTlsa *tlsa)
{
  Reader r = reader (rdata);
  LlTlsa value = { 0 };

  if (!read_u8 (&r, &value.usage) || !read_u8 (&r, &value.selector)
      || !read_u8 (&r, &value.matching) || r.left == 0)
    return FALSE;
  value.data = r.at;
  value.length = r.left;
  *tlsa = value;
  return TRUE;
}

gboolean
ll_dns_name_is_valid (const char *name)
{
  gsize length = strlen (name);
  const char *label = name;
  const char *end = name + length;

  if (g_str_equal (name, "."))
    return TRUE;
  if (length > 0 && name[length - 1] == '.')
    end -= 1;
  if (end == name || end - name > NAME_TEXT_MAX)
    return FALSE;
  for (;;)
    {
      const char *dot = memchr (label, '.', (gsize) (end - label));
      const char *stop = dot != NULL ? dot : end;

      if (stop == label || stop - label > LABEL_MAX
          || !label_is_plain ((const guint8 *) label, (gsize) (stop - label)))
        return FALSE;
      if (dot == NULL)
        return TRUE;
      label = dot + 1;
    }
}
