/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/safe.h"

#include "message/safe-private.h"

#include <string.h>

/* RFC 2045 6.7 (5), with room for the "=" of a soft break. */
#define QUOTED_WIDTH 75

/* A line of base64 (RFC 2045 6.8): 76 characters. */
#define BASE64_OCTETS 57

struct _LlSafe
{
  const GArray *stretches; /* (not owned) */
  guint next;
  guint64 at;
  gboolean begun;   /* the stretch at hand */
  guint column;     /* quoted-printable */
  gboolean return_; /* a CR is held back */
  GString *blanks;  /* held back: they may stand at the end of a line */
  guint8 octets[BASE64_OCTETS];
  guint n_octets;
  gboolean lines; /* a line of base64 stands there */
};

LlSafe *
ll_safe_new (const LlSafePlan *plan)
{
  LlSafe *safe = g_new0 (LlSafe, 1);

  safe->stretches = ll_safe_plan_stretches (plan);
  safe->blanks = g_string_new (NULL);
  return safe;
}

void
ll_safe_free (LlSafe *safe)
{
  if (safe == NULL)
    return;
  g_string_free (safe->blanks, TRUE);
  g_free (safe);
}

/* -- quoted-printable ------------------------------------------------------------------------ */

static void
put_quoted (LlSafe *safe, const char *token, GString *out)
{
  guint length = (guint) strlen (token);

  if (safe->column + length > QUOTED_WIDTH)
    {
      g_string_append (out, "=\r\n");
      safe->column = 0;
    }
  g_string_append (out, token);
  safe->column += length;
}

static void
put_octet (LlSafe *safe, guint8 octet, GString *out)
{
  char token[4] = { (char) octet, '\0' };
  gboolean plain = (octet > ' ' && octet < 0x7f && octet != '=') || octet == ' ' || octet == '\t';

  /* one that begins a line may be that of "From " */
  if (!plain || (octet == 'F' && (safe->column == 0 || safe->column >= QUOTED_WIDTH)))
    g_snprintf (token, sizeof token, "=%02X", octet);
  put_quoted (safe, token, out);
}

/* The blank that is held back, if any: written out where it ends a line. */
static void
flush_blank (LlSafe *safe, gboolean at_end, GString *out)
{
  char token[4];

  if (safe->blanks->len == 0)
    return;
  if (at_end)
    {
      g_snprintf (token, sizeof token, "=%02X", (guint8) safe->blanks->str[0]);
      put_quoted (safe, token, out);
    }
  else
    put_octet (safe, (guint8) safe->blanks->str[0], out);
  g_string_truncate (safe->blanks, 0);
}

static void
quote (LlSafe *safe, guint8 octet, GString *out)
{
  if (safe->return_ && octet == '\n')
    {
      flush_blank (safe, TRUE, out);
      g_string_append (out, "\r\n");
      safe->return_ = FALSE;
      safe->column = 0;
      return;
    }
  if (safe->return_)
    {
      flush_blank (safe, FALSE, out);
      put_quoted (safe, "=0D", out);
      safe->return_ = FALSE;
    }
  if (octet == '\r')
    {
      safe->return_ = TRUE;
      return;
    }
  flush_blank (safe, FALSE, out);
  if (octet == ' ' || octet == '\t')
    g_string_append_c (safe->blanks, (char) octet);
  else
    put_octet (safe, octet, out);
}

static void
end_quoted (LlSafe *safe, GString *out)
{
  flush_blank (safe, !safe->return_, out);
  if (safe->return_)
    put_quoted (safe, "=0D", out);
}

/* -- base64 ---------------------------------------------------------------------------------- */

static void
end_base64 (LlSafe *safe, GString *out)
{
  g_autofree char *line = NULL;

  if (safe->n_octets == 0)
    return;
  line = g_base64_encode (safe->octets, safe->n_octets);
  if (safe->lines)
    g_string_append (out, "\r\n");
  g_string_append (out, line);
  safe->lines = TRUE;
  safe->n_octets = 0;
}

static void
encode (LlSafe *safe, guint8 octet, GString *out)
{
  safe->octets[safe->n_octets++] = octet;
  if (safe->n_octets == BASE64_OCTETS)
    end_base64 (safe, out);
}

/* -- what is only tidied --------------------------------------------------------------------- */

/* Blanks before the end of a line go; of other octets it depends on where they stand. */
static void
tidy (LlSafe *safe, LlSafeMode mode, guint8 octet, GString *out)
{
  if (octet == ' ' || octet == '\t')
    {
      g_string_append_c (safe->blanks, (char) octet);
      return;
    }
  if (octet != '\r' && octet != '\n' && mode != LL_SAFE_TIDY_BASE64)
    g_string_append_len (out, safe->blanks->str, (gssize) safe->blanks->len);
  if (octet >= 0x80 && mode == LL_SAFE_TIDY_QUOTED)
    g_string_append_printf (out, "=%02X", octet);
  else if (octet >= 0x80 && mode == LL_SAFE_TIDY_TEXT)
    g_string_append_c (out, '?');
  else if (octet == 'F' && mode == LL_SAFE_TIDY_QUOTED && safe->column == 0
           && safe->blanks->len == 0)
    g_string_append (out, "=46");
  else if (octet < 0x80 || mode == LL_SAFE_TIDY_FIELD)
    g_string_append_c (out, (char) octet);
  safe->column = octet == '\n' ? 0 : safe->column + 1;
  g_string_truncate (safe->blanks, 0);
}

/* -- the stretches --------------------------------------------------------------------------- */

static void
work (LlSafe *safe, const LlSafeStretch *stretch, guint8 octet, GString *out)
{
  switch (stretch->mode)
    {
    case LL_SAFE_REPLACE:
      break;
    case LL_SAFE_QUOTED:
      quote (safe, octet, out);
      break;
    case LL_SAFE_BASE64:
      encode (safe, octet, out);
      break;
    case LL_SAFE_TIDY_FIELD:
    case LL_SAFE_TIDY_TEXT:
    case LL_SAFE_TIDY_QUOTED:
    case LL_SAFE_TIDY_BASE64:
      tidy (safe, stretch->mode, octet, out);
      break;
    }
}

static void
begin (LlSafe *safe, const LlSafeStretch *stretch, GString *out)
{
  if (stretch->before != NULL)
    g_string_append (out, stretch->before);
  safe->begun = TRUE;
  safe->column = 0;
  safe->n_octets = 0;
  safe->lines = FALSE;
}

static void
finish (LlSafe *safe, const LlSafeStretch *stretch, GString *out)
{
  if (stretch->mode == LL_SAFE_QUOTED)
    end_quoted (safe, out);
  if (stretch->mode == LL_SAFE_BASE64)
    end_base64 (safe, out);
  safe->return_ = FALSE;
  safe->begun = FALSE;
  g_string_truncate (safe->blanks, 0);
  safe->next++;
}

/* The stretch that begins or goes on at this place; those without an octet are done with. */
static const LlSafeStretch *
stretch_here (LlSafe *safe, GString *out)
{
  while (safe->next < safe->stretches->len)
    {
      const LlSafeStretch *stretch = &g_array_index (safe->stretches, LlSafeStretch, safe->next);

      if (safe->at < stretch->start)
        return NULL;
      if (!safe->begun)
        begin (safe, stretch, out);
      if (safe->at < stretch->end)
        return stretch;
      finish (safe, stretch, out);
    }
  return NULL;
}

void
ll_safe_push (LlSafe *safe, const char *bytes, gsize length, GString *out)
{
  while (length > 0)
    {
      const LlSafeStretch *stretch = stretch_here (safe, out);
      gsize take = length;

      if (stretch != NULL)
        {
          take = (gsize) MIN (stretch->end - safe->at, length);
          for (gsize i = 0; i < take; i++)
            work (safe, stretch, (guint8) bytes[i], out);
        }
      else
        {
          if (safe->next < safe->stretches->len)
            take = (gsize) MIN (g_array_index (safe->stretches, LlSafeStretch, safe->next).start
                                    - safe->at,
                                length);
          g_string_append_len (out, bytes, (gssize) take);
        }
      bytes += take;
      length -= take;
      safe->at += take;
    }
}

void
ll_safe_end (LlSafe *safe, GString *out)
{
  stretch_here (safe, out);
}
