/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/secret.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Each secret has its own pages: mlock and MADV_DONTDUMP work on whole pages, and
 * a page shared with other data would be unlocked together with its neighbour.
 * Passwords and keys are few, so a page each is cheap.
 */
struct _LlSecret
{
  gsize mapped; /* bytes of this mapping, the struct included */
  gsize length;
  char bytes[];
};

static gsize
mapping_for (gsize length)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  return (sizeof (LlSecret) + length + 1 + page - 1) / page * page;
}

LlSecret *
ll_secret_new (const char *bytes, gsize length)
{
  gsize mapped = mapping_for (length);
  LlSecret *secret
      = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (secret == MAP_FAILED)
    abort (); /* as g_malloc does */
  /* Both may fail (RLIMIT_MEMLOCK): the secret works all the same, less well kept. */
  (void) mlock (secret, mapped);
  (void) madvise (secret, mapped, MADV_DONTDUMP);
  secret->mapped = mapped;
  secret->length = length;
  if (length > 0)
    memcpy (secret->bytes, bytes, length);
  secret->bytes[length] = '\0';
  return secret;
}

LlSecret *
ll_secret_new_string (const char *string)
{
  return ll_secret_new (string, strlen (string));
}

LlSecret *
ll_secret_copy (const LlSecret *secret)
{
  return secret ? ll_secret_new (secret->bytes, secret->length) : NULL;
}

void
ll_secret_free (LlSecret *secret)
{
  gsize mapped;

  if (secret == NULL)
    return;
  mapped = secret->mapped;
  OPENSSL_cleanse (secret, mapped);
  munmap (secret, mapped);
}

const char *
ll_secret_peek (const LlSecret *secret)
{
  return secret->bytes;
}

gsize
ll_secret_length (const LlSecret *secret)
{
  return secret->length;
}

gboolean
ll_secret_equal (const LlSecret *secret, const char *bytes, gsize length)
{
  return secret->length == length && CRYPTO_memcmp (secret->bytes, bytes, length) == 0;
}

void
ll_secret_wipe (void *bytes, gsize length)
{
  OPENSSL_cleanse (bytes, length);
}
