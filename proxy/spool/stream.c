/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/stream.h"

#define LL_TYPE_READER_STREAM (ll_reader_stream_get_type ())
G_DECLARE_FINAL_TYPE (LlReaderStream, ll_reader_stream, LL, READER_STREAM, GInputStream)

struct _LlReaderStream
{
  GInputStream parent;
  LlReader *reader; /* (owned) */
};

G_DEFINE_FINAL_TYPE (LlReaderStream, ll_reader_stream, G_TYPE_INPUT_STREAM)

static gssize
ll_reader_stream_read (
    GInputStream *stream, void *bytes, gsize length, GCancellable *cancellable, GError **error)
{
  return ll_reader_read (LL_READER_STREAM (stream)->reader, bytes, length, error);
}

static void
ll_reader_stream_finalize (GObject *object)
{
  ll_reader_free (LL_READER_STREAM (object)->reader);
  G_OBJECT_CLASS (ll_reader_stream_parent_class)->finalize (object);
}

static void
ll_reader_stream_class_init (LlReaderStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ll_reader_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = ll_reader_stream_read;
}

static void
ll_reader_stream_init (LlReaderStream *stream)
{
}

GInputStream *
ll_reader_stream (LlReader *reader)
{
  LlReaderStream *stream = g_object_new (LL_TYPE_READER_STREAM, NULL);

  stream->reader = reader;
  return G_INPUT_STREAM (stream);
}
