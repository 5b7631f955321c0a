/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "spool/store-private.h"

#include <openssl/evp.h>

G_BEGIN_DECLS

/* A letter coming in: what intake.c writes and reader.c reads back. */

struct _LlIntake
{
  LlStore *store; /* (not owned) */
  char id[LL_ID_LENGTH + 1];
  LlSecret *key;
  LlSeal *seal;
  guint8 preamble[LL_PREAMBLE_LENGTH];
  EVP_MD_CTX *digest;
  int fd;         /* -1 until the first whole chunk, or the commit */
  char *path;     /* of the file in tmp/ */
  guint64 size;   /* octets so far */
  guint64 chunks; /* that many are in the file */
  guint8 *chunk;  /* what is not yet, LL_SEAL_CHUNK at most */
  gsize filled;
  guint8 *sealed; /* room for one sealed chunk */
  gboolean failed;
};

G_END_DECLS
