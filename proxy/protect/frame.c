/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/frame.h"

#include "base/hex.h"

#include <openssl/rand.h>

char *
ll_boundary_new (void)
{
  g_autofree char *hex = NULL;
  guint8 bytes[16];

  if (RAND_bytes (bytes, sizeof bytes) != 1)
    g_abort (); /* nothing can be sealed without */
  hex = ll_hex (bytes, sizeof bytes);
  return g_strconcat ("=_", hex, NULL);
}

/* The file name is for programs without OpenPGP: they show an attachment, and it has a name. */
LlPgpFrame *
ll_pgp_frame_new (const char *outer)
{
  LlPgpFrame *frame = g_new (LlPgpFrame, 1);
  g_autofree char *boundary = ll_boundary_new ();

  frame->head
      = g_strdup_printf ("%s"
                         "Content-Type: multipart/encrypted;\r\n"
                         "\tprotocol=\"application/pgp-encrypted\";\r\n"
                         "\tboundary=\"%s\"\r\n"
                         "\r\n"
                         "This is an OpenPGP/MIME encrypted message (RFC 3156).\r\n"
                         "--%s\r\n"
                         "Content-Type: application/pgp-encrypted\r\n"
                         "Content-Description: PGP/MIME version identification\r\n"
                         "\r\n"
                         "Version: 1\r\n"
                         "\r\n"
                         "--%s\r\n"
                         "Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
                         "Content-Description: OpenPGP encrypted message\r\n"
                         "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n"
                         "\r\n",
                         outer, boundary, boundary, boundary);
  frame->tail = g_strdup_printf ("\r\n--%s--\r\n", boundary);
  return frame;
}

void
ll_pgp_frame_free (LlPgpFrame *frame)
{
  if (frame == NULL)
    return;
  g_free (frame->head);
  g_free (frame->tail);
  g_free (frame);
}
