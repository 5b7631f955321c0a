/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the daemon and letterlock-worker say to each other: one request, one reply,
 * each a single datagram of a SOCK_SEQPACKET pair. A message is a word and a
 * dictionary, a GVariant (sa{sv}) in normal form; open files travel beside it.
 * Replies begin with "ok" or with the word of an error (ll_engine_error_word).
 *
 * What comes from the other side is bounded and checked; LL_ENGINE_ERROR_FAILED
 * when it is not what it should be.
 */

#define LL_ENGINE_MESSAGE_MAX (160 * 1024)
#define LL_ENGINE_FDS_MAX 4

typedef struct
{
  char *verb;
  GVariant *arguments; /* a{sv} */
  int fds[LL_ENGINE_FDS_MAX];
  guint n_fds;
} LlEngineMessage;

/* Closes what was not taken out of fds (-1). */
void ll_engine_message_clear (LlEngineMessage *message);

/* Pure. @arguments: a{sv}, sunk; NULL: none. NULL: over LL_ENGINE_MESSAGE_MAX. */
GBytes *ll_engine_format (const char *verb, GVariant *arguments);
gboolean ll_engine_parse (
    const void *bytes, gsize length, char **verb, GVariant **arguments, GError **error);

/* Blocks only as the socket does. */
gboolean ll_engine_send (
    int socket, const char *verb, GVariant *arguments, const int *fds, guint n_fds, GError **error);

/* One message that is there. FALSE without @error: the other side is gone. */
gboolean ll_engine_receive (int socket, LlEngineMessage *out, GError **error);

/* The word of an LlEngineError in a reply; unknown words are FAILED. */
const char *ll_engine_error_word (int code);
int ll_engine_error_from_word (const char *word);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LlEngineMessage, ll_engine_message_clear)

G_END_DECLS
