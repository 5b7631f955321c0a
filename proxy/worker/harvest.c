/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Keys and certificates in a file that came from outside: alone (PEM, DER, PKCS #7, OpenPGP),
 * or in a letter: its Autocrypt header, attached keys, the certificates of its signature. What
 * reads such files has had holes before, so it runs here and not in the daemon.
 */

#include "worker/worker.h"

#include "base/error.h"
#include "base/limits.h"
#include "keys/autocrypt.h"
#include "keys/blob.h"
#include "keys/capabilities.h"
#include "keys/certificate.h"
#include "wire/address.h"

#include <gmime/gmime.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One file that is a key, or one attachment of a letter. */
#define PIECE_MAX (512 * 1024)

/* All that is found has to fit in one reply. */
#define FOUND_MAX (120 * 1024)

typedef struct
{
  GVariantBuilder keys;
  GVariantBuilder certificates;
  GVariantBuilder announced;
  gsize size;
  guint pieces;
  gboolean full; /* there was something that did not fit */
} Harvest;

static gboolean
has_room (Harvest *harvest, gsize size)
{
  if (harvest->size + size > FOUND_MAX)
    harvest->full = TRUE;
  else
    harvest->size += size;
  return !harvest->full;
}

static void
add_bytes (GVariantBuilder *list, GBytes *bytes)
{
  g_variant_builder_add_value (list,
                               g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
}

static gboolean
add_certificates (Harvest *harvest, GBytes *bytes)
{
  g_autoptr (GPtrArray) ders = ll_certificate_read_all (bytes);
  g_auto (GStrv) announced = ll_capabilities_announced (bytes);

  for (guint i = 0; i < ders->len; i++)
    if (has_room (harvest, g_bytes_get_size (g_ptr_array_index (ders, i))))
      add_bytes (&harvest->certificates, g_ptr_array_index (ders, i));
  for (guint i = 0; announced[i] != NULL && i < LL_CHAIN_MAX; i++)
    g_variant_builder_add (&harvest->announced, "s", announced[i]);
  return ders->len > 0;
}

/* Armoured text, or whole packets of which the first is a key. */
static gboolean
is_key (GBytes *bytes)
{
  static const char begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  LlBlobOutline outline;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (ll_blob_outline ((const guint8 *) text, length, &outline))
    return outline.primaries > 0;
  return text != NULL && g_strstr_len (text, (gssize) length, begin) != NULL;
}

static void
add_piece (Harvest *harvest, GBytes *bytes)
{
  if (add_certificates (harvest, bytes) || !is_key (bytes)
      || !has_room (harvest, g_bytes_get_size (bytes)))
    return;
  add_bytes (&harvest->keys, bytes);
}

/* -- letters --------------------------------------------------------------------------------- */

static gboolean
ends_like (const char *name)
{
  static const char *const ends[] = { ".asc", ".gpg", ".pgp", ".key", ".p7s", ".p7m",
                                      ".p7b", ".p7c", ".crt", ".cer", ".der", ".pem" };
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  for (guint i = 0; lower != NULL && i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (lower, ends[i]))
      return TRUE;
  return FALSE;
}

static gboolean
may_hold_keys (GMimePart *part)
{
  static const char *const types[]
      = { "pgp-keys",  "pkcs7-signature",  "x-pkcs7-signature", "pkcs7-mime",    "x-pkcs7-mime",
          "pkix-cert", "x-x509-user-cert", "x-x509-email-cert", "x-x509-ca-cert" };
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_mime_content_type_is_type (type, "application", types[i]))
      return TRUE;
  return ends_like (g_mime_part_get_filename (part));
}

/* Decoded; NULL: too large, or nothing. */
static GBytes *
content_of (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GMimeStream *memory = g_mime_stream_mem_new ();
  GByteArray *bytes = NULL;
  GBytes *copy = NULL;

  /* what is encoded is never smaller than what it says */
  if (content != NULL
      && g_mime_stream_length (g_mime_data_wrapper_get_stream (content)) <= 2 * PIECE_MAX
      && g_mime_data_wrapper_write_to_stream (content, memory) > 0)
    bytes = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (memory));
  if (bytes != NULL && bytes->len > 0 && bytes->len <= PIECE_MAX)
    copy = g_bytes_new (bytes->data, bytes->len);
  g_object_unref (memory);
  return copy;
}

static void
part_cb (GMimeObject *parent, GMimeObject *part, gpointer data)
{
  Harvest *harvest = data;
  g_autoptr (GBytes) bytes = NULL;

  if (!GMIME_IS_PART (part) || harvest->pieces >= LL_CHAIN_MAX
      || !may_hold_keys (GMIME_PART (part)))
    return;
  harvest->pieces++;
  bytes = content_of (GMIME_PART (part));
  if (bytes != NULL)
    add_piece (harvest, bytes);
}

/* The one author's address, normalised; NULL: none, or more than one. */
static char *
author_of (GMimeMessage *message)
{
  InternetAddressList *from = g_mime_message_get_from (message);
  InternetAddress *first;

  if (from == NULL || internet_address_list_length (from) != 1)
    return NULL;
  first = internet_address_list_get_address (from, 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX (first))
    return NULL;
  return ll_address_normalise (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (first)),
                               NULL, NULL);
}

/* The one valid header whose address is the author's; more than one is none (Autocrypt Level 1). */
static gboolean
find_autocrypt (GMimeMessage *message, const char *author, LlAutocrypt *out)
{
  GMimeHeaderList *headers = g_mime_object_get_header_list (GMIME_OBJECT (message));
  guint valid = 0;

  for (int i = 0; i < g_mime_header_list_get_count (headers); i++)
    {
      GMimeHeader *header = g_mime_header_list_get_header_at (headers, i);
      g_auto (LlAutocrypt) found = { NULL, FALSE, NULL };

      if (g_ascii_strcasecmp (g_mime_header_get_name (header), "Autocrypt") != 0
          || !ll_autocrypt_parse (g_mime_header_get_raw_value (header), &found)
          || g_ascii_strcasecmp (found.address, author) != 0 || valid++ > 0)
        continue;
      *out = found;
      found = (LlAutocrypt){ NULL, FALSE, NULL };
    }
  if (valid > 1)
    ll_autocrypt_clear (out);
  return valid == 1;
}

static void
add_letter (Harvest *harvest, GMimeMessage *message, const char *author, GVariantDict *dict)
{
  g_auto (LlAutocrypt) autocrypt = { NULL, FALSE, NULL };

  g_variant_dict_insert (dict, "author", "s", author);
  if (find_autocrypt (message, author, &autocrypt)
      && has_room (harvest, g_bytes_get_size (autocrypt.key)))
    {
      g_variant_dict_insert_value (dict, "autocrypt",
                                   g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                             autocrypt.key, TRUE));
      g_variant_dict_insert (dict, "mutual", "b", autocrypt.mutual);
    }
  g_mime_message_foreach (message, part_cb, harvest);
}

/* FALSE: this is no letter. */
static gboolean
read_letter (Harvest *harvest, int fd, GVariantDict *dict)
{
  GMimeStream *stream = g_mime_stream_fs_new (dup (fd));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  char start[5] = "";
  GMimeMessage *message;
  g_autofree char *author = NULL;

  if (pread (fd, start, sizeof start, 0) == sizeof start && memcmp (start, "From ", 5) == 0)
    g_mime_parser_set_format (parser, GMIME_FORMAT_MBOX);
  message = g_mime_parser_construct_message (parser, NULL);
  author = message != NULL ? author_of (message) : NULL;
  if (author != NULL)
    add_letter (harvest, message, author, dict);
  g_clear_object (&message);
  g_object_unref (parser);
  g_object_unref (stream);
  return author != NULL;
}

/* -- the verb -------------------------------------------------------------------------------- */

static GBytes *
read_piece (int fd)
{
  g_autofree guint8 *bytes = g_malloc (PIECE_MAX);
  gsize have = 0;
  gssize n;

  while (have < PIECE_MAX && (n = pread (fd, bytes + have, PIECE_MAX - have, (off_t) have)) > 0)
    have += (gsize) n;
  return g_bytes_new (bytes, have);
}

/* Regular and of a size that a letter can have: nothing else is read. */
static gboolean
is_file (int fd, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= LL_MESSAGE_SIZE_MAX)
    return TRUE;
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY,
                       "This is not a file, or it is too large");
  return FALSE;
}

GVariant *
worker_harvest (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  Harvest harvest = { .size = 0 };
  GVariantDict dict;

  if (n_fds != 1)
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, "no file was given");
      return NULL;
    }
  if (!is_file (fds[0], error))
    return NULL;
  g_mime_init ();
  g_variant_builder_init (&harvest.keys, G_VARIANT_TYPE ("aay"));
  g_variant_builder_init (&harvest.certificates, G_VARIANT_TYPE ("aay"));
  g_variant_builder_init (&harvest.announced, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_dict_init (&dict, NULL);
  if (!read_letter (&harvest, fds[0], &dict))
    {
      g_autoptr (GBytes) whole = read_piece (fds[0]);

      add_piece (&harvest, whole);
    }
  g_variant_dict_insert (&dict, "full", "b", harvest.full);
  g_variant_dict_insert_value (&dict, "keys", g_variant_builder_end (&harvest.keys));
  g_variant_dict_insert_value (&dict, "certificates",
                               g_variant_builder_end (&harvest.certificates));
  g_variant_dict_insert_value (&dict, "announced", g_variant_builder_end (&harvest.announced));
  return g_variant_dict_end (&dict);
}
