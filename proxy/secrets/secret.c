/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "secrets/secret.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Secrets have pages of their own: mlock and MADV_DONTDUMP work on whole pages, and a page shared
 * with other data would be unlocked together with its neighbour. Nearly all are small, and every
 * letter has a key: these share pages that stay, since to map, lock and unmap one for each, which
 * all threads notice, costs more than what is done with it.
 */
struct _LlSecret
{
  gsize room; /* the struct included */
  gsize length;
  char bytes[];
};

/* Keys, tokens that are no JWT, and passwords that anybody types. */
#define PLACE 256

typedef union Place Place;
union Place
{
  Place *next; /* while it is free; all else in it is zero */
  char bytes[PLACE];
};

static GMutex lock;
static Place *places; /* under the lock */

static void *
map (gsize length)
{
  void *pages = mmap (NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (pages == MAP_FAILED)
    abort (); /* as g_malloc does */
  /* Both may fail (RLIMIT_MEMLOCK): the secret works all the same, less well kept. */
  (void) mlock (pages, length);
  (void) madvise (pages, length, MADV_DONTDUMP);
  return pages;
}

static gsize
page_size (void)
{
  return (gsize) sysconf (_SC_PAGESIZE);
}

static void
give_place (Place *place)
{
  g_mutex_lock (&lock);
  place->next = places;
  places = place;
  g_mutex_unlock (&lock);
}

static Place *
take_place (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Place *place;

  if (places == NULL)
    {
      Place *page = map (page_size ());

      for (gsize i = 0; i < page_size () / PLACE; i++)
        {
          page[i].next = places;
          places = &page[i];
        }
    }
  place = places;
  places = place->next;
  return place;
}

LlSecret *
ll_secret_new (const char *bytes, gsize length)
{
  gsize wanted = sizeof (LlSecret) + length + 1;
  gsize room = wanted <= PLACE ? PLACE : (wanted + page_size () - 1) / page_size () * page_size ();
  LlSecret *secret = room == PLACE ? (LlSecret *) take_place () : map (room);

  secret->room = room;
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
  gsize room;

  if (secret == NULL)
    return;
  room = secret->room;
  OPENSSL_cleanse (secret, sizeof (LlSecret) + secret->length);
  if (room == PLACE)
    give_place ((Place *) secret);
  else
    munmap (secret, room);
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

void
ll_secret_wipe_text (char *text)
{
  if (text != NULL)
    ll_secret_wipe (text, strlen (text));
  g_free (text);
}
