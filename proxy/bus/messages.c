/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/call.h"

#include "api/names.h"
#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"

#include <limits.h>
#include <unistd.h>

/* Letters: lists, one of them, and what a person decides about it. */

static GVariant *
list (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) query = NULL;
  g_autoptr (GVariant) letters = NULL;
  g_autofree char *next = NULL;
  GVariant *answer;

  g_variant_get (call->arguments, "(@a{sv})", &query);
  if (call->actions->letters == NULL)
    return ll_bus_cannot (error, "list letters");
  answer = call->actions->letters (call->actions->data, query, &next, error);
  if (answer == NULL)
    return NULL;
  letters = g_variant_take_ref (answer);
  return g_variant_ref_sink (g_variant_new ("(@aa{sv}s)", letters, next != NULL ? next : ""));
}

static GVariant *
list_ids (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) query = NULL;
  g_autoptr (GVariant) ids = NULL;

  g_variant_get (call->arguments, "(@a{sv})", &query);
  if (call->actions->letter_ids == NULL)
    return ll_bus_cannot (error, "list letters");
  ids = call->actions->letter_ids (call->actions->data, query, error);
  return ids != NULL ? g_variant_ref_sink (g_variant_new ("(@at)", ids)) : NULL;
}

/* (transfer full) */
static GVariant *
find (LlBusCall *call, const char *prefix, GError **error)
{
  GVariant *letter;

  if (call->actions->letter == NULL)
    return ll_bus_cannot (error, "show a letter");
  letter = call->actions->letter (call->actions->data, prefix, error);
  return letter != NULL ? g_variant_take_ref (letter) : NULL;
}

/* The whole id of the letter that the first argument begins. (transfer full) */
static char *
find_id (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (call->arguments, 0);
  g_autoptr (GVariant) letter = find (call, g_variant_get_string (first, NULL), error);
  char *id = NULL;

  if (letter == NULL)
    return NULL;
  if (!g_variant_lookup (letter, "id", "s", &id))
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_FAILED, "The letter has no id");
  return id;
}

static GVariant *
get (LlBusCall *call, GError **error)
{
  const char *prefix;
  g_autoptr (GVariant) letter = NULL;

  g_variant_get (call->arguments, "(&s)", &prefix);
  letter = find (call, prefix, error);
  return letter != NULL ? ll_bus_reply (g_variant_ref (letter)) : NULL;
}

/* After a change: the letter as it is now. */
static GVariant *
show (LlBusCall *call, gboolean ok, const char *id, GError **error)
{
  return ok ? ll_bus_reply (find (call, id, error)) : NULL;
}

typedef struct
{
  const char *method;
  const char *reason;
  GStrv recipients;
} Options;

static gboolean
take_options (GVariant *dictionary, Options *options, GError **error)
{
  return ll_bus_take_text (dictionary, "method", &options->method, error)
         && ll_bus_take_text (dictionary, "reason", &options->reason, error)
         && ll_bus_take_list (dictionary, "recipients", &options->recipients, error);
}

static GVariant *
release (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "method", "reason", "recipients", NULL };
  g_autofree char *id = NULL;
  g_autoptr (GVariant) dictionary = NULL;
  Options options = { NULL };
  LlMethod method = LL_METHOD_NONE;
  gboolean ok;

  g_variant_get_child (call->arguments, 1, "@a{sv}", &dictionary);
  if (!ll_bus_check_keys (dictionary, known, error) || !take_options (dictionary, &options, error))
    return NULL;
  if (options.method != NULL && !ll_method_from_name (options.method, &method))
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "\"%s\" is not a way to send: tls, pgp, smime, escrow or open", options.method);
      g_strfreev (options.recipients);
      return NULL;
    }
  id = find_id (call, error);
  if (id != NULL && call->actions->release == NULL)
    ll_bus_cannot (error, "release a letter");
  ok = id != NULL && call->actions->release != NULL
       && call->actions->release (call->actions->data, id, method,
                                  (const char *const *) options.recipients, options.reason, error);
  g_strfreev (options.recipients);
  return show (call, ok, id, error);
}

static GVariant *
drop (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "reason", "recipients", NULL };
  g_autofree char *id = NULL;
  g_autoptr (GVariant) dictionary = NULL;
  Options options = { NULL };
  gboolean ok;

  g_variant_get_child (call->arguments, 1, "@a{sv}", &dictionary);
  if (!ll_bus_check_keys (dictionary, known, error) || !take_options (dictionary, &options, error))
    return NULL;
  id = find_id (call, error);
  if (id != NULL && call->actions->drop == NULL)
    ll_bus_cannot (error, "drop a letter");
  ok = id != NULL && call->actions->drop != NULL
       && call->actions->drop (call->actions->data, id, (const char *const *) options.recipients,
                               options.reason, error);
  g_strfreev (options.recipients);
  return show (call, ok, id, error);
}

static GVariant *
retry (LlBusCall *call, GError **error)
{
  g_autofree char *id = find_id (call, error);

  if (id == NULL)
    return NULL;
  if (call->actions->retry == NULL)
    return ll_bus_cannot (error, "try a letter again");
  return show (call, call->actions->retry (call->actions->data, id, error), id, error);
}

/* Whoever reads the other end may be slow, and go away: this thread goes with him. */
static gboolean
wait_for_reader (int fd, GCancellable *cancellable, GError **error)
{
  GPollFD waits[2] = { { .fd = fd, .events = G_IO_OUT }, { .fd = -1 } };
  gboolean has = g_cancellable_make_pollfd (cancellable, &waits[1]);
  int ready = g_poll (waits, has ? 2 : 1, LL_BUS_READER);

  if (has)
    g_cancellable_release_fd (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (ready == 0)
    g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_UNAVAILABLE, "Nobody reads the letter");
  return ready != 0;
}

static gboolean
copy_letter (LlBusCall *call, LlReader *reader, int fd, GError **error)
{
  char bytes[PIPE_BUF]; /* what a pipe that is ready takes at once */
  gssize n;

  while ((n = ll_reader_read (reader, bytes, sizeof bytes, error)) > 0)
    if (!wait_for_reader (fd, call->cancellable, error)
        || !ll_file_write_all (fd, bytes, (gsize) n, error))
      return FALSE;
  return n == 0;
}

/* Consumes @reader, which may be NULL: the error is set. */
static GVariant *
answer_letter (LlBusCall *call, LlReader *reader, GError **error)
{
  g_autoptr (LlReader) owned = reader;
  gint32 handle;
  LL_AUTO_FD fd = -1;

  if (reader == NULL)
    return NULL;
  g_variant_get_child (call->arguments, 1, "h", &handle);
  fd = ll_bus_take_descriptor (call, handle, error);
  return fd >= 0 && copy_letter (call, reader, fd, error) ? ll_bus_done () : NULL;
}

static GVariant *
export_letter (LlBusCall *call, GError **error)
{
  g_autofree char *id = find_id (call, error);
  g_autoptr (LlLetter) letter = NULL;

  if (id == NULL)
    return NULL;
  if (call->actions->store == NULL)
    return ll_bus_cannot (error, "export a letter");
  letter = ll_store_load (call->actions->store, id, error);
  return answer_letter (call,
                        letter != NULL ? ll_store_read (call->actions->store, letter, error) : NULL,
                        error);
}

static GVariant *
read_original (LlBusCall *call, GError **error)
{
  g_autofree char *id = find_id (call, error);

  if (id == NULL)
    return NULL;
  if (call->actions->original == NULL)
    return ll_bus_cannot (error, "show what was sent");
  return answer_letter (call, call->actions->original (call->actions->data, id, error), error);
}

static GVariant *
list_originals (LlBusCall *call, GError **error)
{
  if (call->actions->originals == NULL)
    return ll_bus_cannot (error, "show what was sent");
  return ll_bus_reply (call->actions->originals (call->actions->data, error));
}

static GVariant *
search_originals (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) query = NULL;
  const char *text;
  GVariant *answer;

  g_variant_get (call->arguments, "(&s@a{sv})", &text, &query);
  if (call->actions->search == NULL)
    return ll_bus_cannot (error, "search what was sent");
  answer = call->actions->search (call->actions->data, text, query, call->cancellable, error);
  return answer != NULL ? g_variant_take_ref (answer) : NULL;
}

const LlBusMethod ll_bus_message_methods[] = {
  { "ListLetters", list },
  { "ListLetterIds", list_ids },
  { "GetLetter", get },
  { "Release", release },
  { "Drop", drop },
  { "Retry", retry },
  { "Export", export_letter },
  { "ReadOriginal", read_original },
  { "ListOriginals", list_originals },
  { "SearchOriginals", search_originals },
  { NULL, NULL },
};
