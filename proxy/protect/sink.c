/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/sink.h"

#include <string.h>

void
ll_append_crlf (GString *out, const char *bytes, gsize length)
{
  for (const char *end = bytes + length; bytes < end;)
    {
      const char *newline = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize line = (gsize) ((newline != NULL ? newline : end) - bytes);
      gboolean whole = newline != NULL && line > 0 && newline[-1] == '\r';

      g_string_append_len (out, bytes, (gssize) line);
      if (newline != NULL)
        g_string_append (out, whole ? "\n" : "\r\n");
      bytes += line + (newline != NULL ? 1 : 0);
    }
}

/* -- into a sink ----------------------------------------------------------------------------- */

/* OpenSSL writes 1 KB at a time. */
#define GATHERED 65536

static gboolean
give (LlSinkBio *target)
{
  GString *out = target->gathered;
  gboolean done
      = *target->error == NULL
        && (out->len == 0 || target->sink (out->str, out->len, target->data, target->error));

  g_string_truncate (out, 0);
  return done;
}

static int
sink_write (BIO *bio, const char *bytes, int length)
{
  LlSinkBio *target = BIO_get_data (bio);

  if (*target->error != NULL)
    return -1;
  ll_append_crlf (target->gathered, bytes, (gsize) length);
  return target->gathered->len < GATHERED || give (target) ? length : -1;
}

static long
sink_control (BIO *bio, int command, long number, void *pointer)
{
  return command == BIO_CTRL_FLUSH ? give (BIO_get_data (bio)) : 0;
}

static int
sink_destroy (BIO *bio)
{
  LlSinkBio *target = BIO_get_data (bio);

  if (target != NULL)
    g_string_free (g_steal_pointer (&target->gathered), TRUE);
  BIO_set_data (bio, NULL);
  return 1;
}

static gpointer
new_sink_method (gpointer unused)
{
  BIO_METHOD *method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "sink");

  BIO_meth_set_write (method, sink_write);
  BIO_meth_set_ctrl (method, sink_control);
  BIO_meth_set_destroy (method, sink_destroy);
  return method;
}

BIO *
ll_sink_bio_new (LlSinkBio *target)
{
  static GOnce once = G_ONCE_INIT;
  BIO *bio = BIO_new (g_once (&once, new_sink_method, NULL));

  target->gathered = g_string_sized_new (GATHERED + GATHERED / 4);
  BIO_set_data (bio, target);
  BIO_set_init (bio, 1);
  return bio;
}

/* -- CRLF in between ------------------------------------------------------------------------- */

static int
crlf_write (BIO *bio, const char *bytes, int length)
{
  g_autoptr (GString) out = g_string_sized_new ((gsize) length + 64);

  ll_append_crlf (out, bytes, (gsize) length);
  return BIO_write (BIO_next (bio), out->str, (int) out->len) == (int) out->len ? length : -1;
}

/* A flush ends a stream of CMS: what is below has an end of its own. */
static long
crlf_control (BIO *bio, int command, long number, void *pointer)
{
  if (command == BIO_CTRL_FLUSH)
    return 1;
  return BIO_ctrl (BIO_next (bio), command, number, pointer);
}

static gpointer
new_crlf_method (gpointer unused)
{
  BIO_METHOD *method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_FILTER, "CRLF");

  BIO_meth_set_write (method, crlf_write);
  BIO_meth_set_ctrl (method, crlf_control);
  return method;
}

BIO *
ll_crlf_bio_new (void)
{
  static GOnce once = G_ONCE_INIT;
  BIO *bio = BIO_new (g_once (&once, new_crlf_method, NULL));

  BIO_set_init (bio, 1);
  return bio;
}
