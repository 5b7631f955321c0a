/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/protocol.h"

#include "api/intl.h"
#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_TYPE "(sa{sv})"

static const char *const words[] = {
  [LL_ENGINE_ERROR_MISSING] = "missing", [LL_ENGINE_ERROR_NO_AGENT] = "no-agent",
  [LL_ENGINE_ERROR_TIMEOUT] = "timeout", [LL_ENGINE_ERROR_CRASHED] = "crashed",
  [LL_ENGINE_ERROR_LOCKED] = "locked",   [LL_ENGINE_ERROR_DECLINED] = "declined",
  [LL_ENGINE_ERROR_BAD_KEY] = "bad-key", [LL_ENGINE_ERROR_NO_SECRET] = "no-secret",
  [LL_ENGINE_ERROR_FAILED] = "failed",
};

const char *
ll_engine_error_word (int code)
{
  return code >= 0 && code < (int) G_N_ELEMENTS (words) ? words[code]
                                                        : words[LL_ENGINE_ERROR_FAILED];
}

int
ll_engine_error_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], word) == 0)
      return (int) i;
  return LL_ENGINE_ERROR_FAILED;
}

void
ll_engine_message_clear (LlEngineMessage *message)
{
  g_clear_pointer (&message->verb, g_free);
  g_clear_pointer (&message->arguments, g_variant_unref);
  for (guint i = 0; i < message->n_fds; i++)
    if (message->fds[i] >= 0)
      close (message->fds[i]);
  message->n_fds = 0;
}

GBytes *
ll_engine_format (const char *verb, GVariant *arguments)
{
  g_autoptr (GVariant) message = NULL;

  if (arguments == NULL)
    arguments = g_variant_new ("a{sv}", NULL);
  message = g_variant_ref_sink (g_variant_new ("(s@a{sv})", verb, arguments));
  if (g_variant_get_size (message) > LL_ENGINE_MESSAGE_MAX)
    return NULL;
  return g_variant_get_data_as_bytes (message);
}

gboolean
ll_engine_parse (const void *bytes, gsize length, char **verb, GVariant **arguments, GError **error)
{
  g_autoptr (GBytes) copy = g_bytes_new (bytes, length);
  g_autoptr (GVariant) message
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (MESSAGE_TYPE), copy, FALSE));

  if (length > LL_ENGINE_MESSAGE_MAX || !g_variant_is_normal_form (message))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "The engine's message is malformed");
      return FALSE;
    }
  g_variant_get (message, "(s@a{sv})", verb, arguments);
  return TRUE;
}

static void
set_errno (GError **error, const char *what)
{
  g_set_error (error, LL_ENGINE_ERROR,
               errno == EPIPE || errno == ECONNRESET ? LL_ENGINE_ERROR_CRASHED
                                                     : LL_ENGINE_ERROR_FAILED,
               "%s%s", what, g_strerror (errno));
}

typedef union
{
  struct cmsghdr header; /* for its alignment */
  char bytes[CMSG_SPACE (sizeof (int) * LL_ENGINE_FDS_MAX)];
} Control;

gboolean
ll_engine_send (
    int socket, const char *verb, GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GBytes) bytes = ll_engine_format (verb, arguments);
  struct iovec part;
  struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
  Control control = { .bytes = { 0 } };
  gssize sent;

  g_return_val_if_fail (n_fds <= LL_ENGINE_FDS_MAX, FALSE);
  if (bytes == NULL)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "There are more keys than one question to the engine can hold");
      return FALSE;
    }
  part.iov_base = (void *) g_bytes_get_data (bytes, &part.iov_len);
  if (n_fds > 0)
    {
      struct cmsghdr *rights;

      header.msg_control = control.bytes;
      header.msg_controllen = CMSG_SPACE (sizeof (int) * n_fds);
      rights = CMSG_FIRSTHDR (&header);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN (sizeof (int) * n_fds);
      memcpy (CMSG_DATA (rights), fds, sizeof (int) * n_fds);
    }
  do
    sent = sendmsg (socket, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    return TRUE;
  set_errno (error, N_ ("Cannot write to the engine: "));
  return FALSE;
}

/* The files that came along, even when the rest is refused: they must not leak. */
static void
take_fds (struct msghdr *header, LlEngineMessage *out)
{
  for (struct cmsghdr *rights = CMSG_FIRSTHDR (header); rights != NULL;
       rights = CMSG_NXTHDR (header, rights))
    {
      gsize n = (rights->cmsg_len - CMSG_LEN (0)) / sizeof (int);

      if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS)
        continue;
      for (gsize i = 0; i < n && out->n_fds < LL_ENGINE_FDS_MAX; i++)
        memcpy (&out->fds[out->n_fds++], CMSG_DATA (rights) + i * sizeof (int), sizeof (int));
    }
}

gboolean
ll_engine_receive (int socket, LlEngineMessage *out, GError **error)
{
  g_autofree char *bytes = g_malloc (LL_ENGINE_MESSAGE_MAX + 1);
  struct iovec part = { bytes, LL_ENGINE_MESSAGE_MAX + 1 };
  Control control;
  struct msghdr header = {
    .msg_iov = &part,
    .msg_iovlen = 1,
    .msg_control = control.bytes,
    .msg_controllen = sizeof control.bytes,
  };
  g_auto (LlEngineMessage) message = { 0 };
  gssize got;

  do
    got = recvmsg (socket, &header, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got == 0)
    return FALSE;
  if (got < 0)
    {
      set_errno (error, N_ ("Cannot read from the engine: "));
      return FALSE;
    }
  take_fds (&header, &message);
  if (!ll_engine_parse (bytes, (gsize) got, &message.verb, &message.arguments, error))
    return FALSE;
  *out = message;
  message = (LlEngineMessage){ 0 };
  return TRUE;
}
