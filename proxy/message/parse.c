/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/parse.h"

#include "base/error.h"
#include "message/headers.h"
#include "message/leaf.h"
#include "message/structure.h"
#include "message/subject.h"
#include "wire/address.h"

#include <gmime/gmime.h>
#include <string.h>

#define BLOCK 65536
#define SUBJECT_MAX 200
#define REFERENCES_MAX 50

/* -- what the header says ------------------------------------------------------------------- */

static void
add_mailboxes (GStrvBuilder *found, InternetAddressList *list)
{
  int n = internet_address_list_length (list);

  for (int i = 0; i < n; i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);
      const char *written;
      g_autofree char *normal = NULL;
      g_autofree char *valid = NULL;

      if (INTERNET_ADDRESS_IS_GROUP (address))
        {
          add_mailboxes (found,
                         internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)));
          continue;
        }
      written = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address));
      if (written == NULL || *written == '\0')
        continue;
      normal = ll_address_normalise (written, NULL, NULL);
      valid = g_utf8_make_valid (normal ? normal : written, -1);
      g_strv_builder_add (found, valid);
    }
}

static void
add_field (GStrvBuilder *found, const LlField *field)
{
  InternetAddressList *list = internet_address_list_parse (NULL, field->value->str);

  if (list == NULL)
    return;
  add_mailboxes (found, list);
  g_object_unref (list);
}

/* (transfer full) */
static GStrv
mailboxes_of (const LlHeaders *headers, const char *const *names)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  const LlField *field;

  for (; *names != NULL; names++)
    for (guint i = 0; (field = ll_headers_field (headers, *names, i)) != NULL; i++)
      add_field (found, field);
  return g_strv_builder_end (found);
}

/* "<a@b>" -> "a@b"; each in @text. */
static void
add_ids (GPtrArray *ids, const char *text)
{
  const char *start, *end;

  while (text != NULL && (start = strchr (text, '<')) != NULL
         && (end = strpbrk (start + 1, "<>")) != NULL)
    {
      if (*end == '>' && end > start + 1)
        g_ptr_array_add (ids, g_strndup (start + 1, (gsize) (end - start - 1)));
      text = *end == '>' ? end + 1 : end;
    }
}

static GStrv
references_of (const LlHeaders *headers)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *reply = ll_headers_text (headers, "in-reply-to");
  g_autofree char *references = ll_headers_text (headers, "references");
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  add_ids (ids, references);
  add_ids (ids, reply);
  /* the last ones are the nearest */
  for (guint i = ids->len > REFERENCES_MAX ? ids->len - REFERENCES_MAX : 0; i < ids->len; i++)
    g_strv_builder_add (kept, g_ptr_array_index (ids, i));
  return g_strv_builder_end (kept);
}

static char *
message_id_of (const LlHeaders *headers)
{
  g_autofree char *text = ll_headers_text (headers, "message-id");
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *valid = NULL;

  if (text == NULL)
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  add_ids (ids, valid);
  if (ids->len > 0)
    return g_strdup (g_ptr_array_index (ids, 0));
  return *valid ? g_steal_pointer (&valid) : NULL;
}

static gboolean
has_word (const LlHeaders *headers, const char *name, const char *const *words)
{
  g_autofree char *text = ll_headers_text (headers, name);

  for (; text != NULL && *words != NULL; words++)
    if (g_ascii_strcasecmp (text, *words) == 0)
      return TRUE;
  return FALSE;
}

/* Auto-Submitted: no is the same as none (RFC 3834 5.). */
static gboolean
is_auto (const LlHeaders *headers)
{
  static const char *const bulk[] = { "bulk", "junk", NULL };
  g_autofree char *submitted = ll_headers_text (headers, "auto-submitted");

  if (submitted != NULL)
    submitted[strcspn (submitted, " \t;(")] = '\0';
  return (submitted != NULL && g_ascii_strcasecmp (submitted, "no") != 0 && *submitted)
         || has_word (headers, "precedence", bulk);
}

static LlKind
kind_of (const LlHeaders *headers, const LlStructure *structure)
{
  static const char *const list[] = { "list", NULL };

  if (ll_structure_is_calendar (structure))
    return LL_KIND_CALENDAR;
  if (ll_structure_is_report (structure))
    return LL_KIND_REPORT;
  if (ll_structure_is_setup (structure))
    return LL_KIND_SETUP;
  if (ll_headers_have_prefix (headers, "list-") || has_word (headers, "precedence", list))
    return LL_KIND_LIST;
  return is_auto (headers) ? LL_KIND_AUTO : LL_KIND_ORDINARY;
}

/* -- edits ------------------------------------------------------------------------------------ */

static int
compare_edits (gconstpointer a, gconstpointer b)
{
  const LlEdit *one = *(const LlEdit *const *) a;
  const LlEdit *other = *(const LlEdit *const *) b;

  return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* Every Subject field loses its tags, the first one gives the subject for people. */
static void
read_subjects (LlMessageFacts *facts, const LlHeaders *headers, const char *const *tags)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  const LlField *field;

  for (guint i = 0; (field = ll_headers_field (headers, "subject", i)) != NULL; i++)
    {
      g_auto (LlTagCut) cut = { 0 };

      ll_subject_find_tags (field->value->str, field->value->len, tags, found, &cut);
      if (i == 0)
        facts->subject = ll_subject_text (field->value->str, field->value->len, &cut, SUBJECT_MAX);
      if (cut.length > 0)
        g_ptr_array_add (facts->edits, ll_edit_new (field->value_offset + cut.offset, cut.length,
                                                    cut.replacement, LL_EDIT_TAG));
    }
  g_ptr_array_add (found, NULL);
  facts->tags = g_strdupv ((char **) found->pdata);
}

static char *
valid_text (const LlHeaders *headers, const char *name)
{
  g_autofree char *text = ll_headers_text (headers, name);

  return text ? g_utf8_make_valid (text, -1) : NULL;
}

static void
read_header (LlMessageFacts *facts, LlHeaders *headers, const char *const *tags)
{
  static const char *const from[] = { "from", NULL };
  static const char *const visible[] = { "to", "cc", "resent-to", "resent-cc", NULL };
  static const char *const no[] = { "no", NULL };
  g_auto (GStrv) senders = mailboxes_of (headers, from);

  facts->header_length = ll_headers_length (headers);
  facts->header_8bit = ll_headers_have_8bit (headers);
  facts->message_id = message_id_of (headers);
  facts->from = g_strdup (senders[0]);
  facts->visible = mailboxes_of (headers, visible);
  facts->mode = valid_text (headers, "letterlock-mode");
  facts->tls_required_twice = ll_headers_field (headers, "tls-required", 1) != NULL;
  facts->tls_required_no = has_word (headers, "tls-required", no) && !facts->tls_required_twice;
  facts->reply = ll_headers_field (headers, "in-reply-to", 0) != NULL
                 || ll_headers_field (headers, "references", 0) != NULL;
  facts->references = references_of (headers);
  facts->edits = ll_headers_take_removals (headers);
  read_subjects (facts, headers, tags);
  g_ptr_array_sort (facts->edits, compare_edits);
}

/* -- the stream ------------------------------------------------------------------------------ */

static gboolean
has_8bit (const char *bytes, gsize length)
{
  char all = 0;

  for (gsize i = 0; i < length; i++)
    all |= bytes[i];
  return (all & 0x80) != 0;
}

struct _LlInspection
{
  GByteArray *first; /* until it is a block: it shows the first line */
  LlMessageFacts *facts;
  LlHeaders *headers;
  LlStructure *structure; /* once the header has ended */
};

LlInspection *
ll_inspection_new (void)
{
  LlInspection *inspection = g_new0 (LlInspection, 1);

  ll_message_start ();
  inspection->first = g_byte_array_new ();
  inspection->facts = g_new0 (LlMessageFacts, 1);
  inspection->headers = ll_headers_new ();
  return inspection;
}

void
ll_inspection_free (LlInspection *inspection)
{
  if (inspection == NULL)
    return;
  g_clear_pointer (&inspection->first, g_byte_array_unref);
  ll_message_facts_free (inspection->facts);
  ll_headers_free (inspection->headers);
  ll_structure_free (inspection->structure);
  g_free (inspection);
}

static void
begin_body (LlInspection *inspection)
{
  ll_headers_finish (inspection->headers);
  inspection->structure = ll_structure_new (inspection->headers);
}

static void
look (LlInspection *inspection, const char *bytes, gsize length)
{
  LlMessageFacts *facts = inspection->facts;

  facts->size += length;
  facts->has_8bit = facts->has_8bit || has_8bit (bytes, length);
  if (inspection->structure == NULL)
    {
      gsize taken = ll_headers_feed (inspection->headers, bytes, length);

      if (!ll_headers_ended (inspection->headers))
        return;
      facts->cut_found = TRUE;
      begin_body (inspection);
      bytes += taken;
      length -= taken;
    }
  ll_structure_feed (inspection->structure, bytes, length);
}

static void
look_at_first (LlInspection *inspection)
{
  g_autoptr (GByteArray) first = g_steal_pointer (&inspection->first);
  const char *bytes = (const char *) first->data;

  if (first->len == 0)
    return;
  if (!ll_headers_are_there (bytes, first->len))
    begin_body (inspection);
  look (inspection, bytes, first->len);
}

void
ll_inspection_feed (LlInspection *inspection, const char *bytes, gsize length)
{
  if (length == 0)
    return;
  if (inspection->first != NULL)
    {
      gsize n = MIN (length, BLOCK - inspection->first->len);

      g_byte_array_append (inspection->first, (const guint8 *) bytes, (guint) n);
      bytes += n;
      length -= n;
      if (inspection->first->len < BLOCK)
        return;
      look_at_first (inspection);
    }
  if (length > 0)
    look (inspection, bytes, length);
}

static void
read_sealed (LlMessageFacts *facts, const LlSealed *sealed)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; i < sealed->ids->len; i++)
    g_strv_builder_add (ids, g_ptr_array_index (sealed->ids, i));
  facts->sealed_for = g_strv_builder_end (ids);
  facts->sealed_whole = sealed->whole;
}

LlMessageFacts *
ll_inspection_finish (LlInspection *inspection, const char *const *tags, GError **error)
{
  LlMessageFacts *facts = inspection->facts;

  if (inspection->first != NULL)
    look_at_first (inspection);
  if (inspection->structure == NULL)
    begin_body (inspection);
  ll_structure_finish (inspection->structure);
  if (ll_headers_are_absurd (inspection->headers))
    {
      g_set_error (error, LL_MESSAGE_ERROR, LL_MESSAGE_ERROR_TOO_LARGE,
                   "The letter has more Bcc fields than any letter can need");
      return NULL;
    }
  read_header (facts, inspection->headers, tags);
  facts->kind = kind_of (inspection->headers, inspection->structure);
  facts->protection = ll_structure_protection (inspection->structure);
  if (facts->protection != LL_PROTECTION_NONE)
    read_sealed (facts, ll_structure_sealed (inspection->structure));
  facts->is_signed = ll_structure_is_signed (inspection->structure);
  facts->is_text = ll_structure_is_text (inspection->structure);
  facts->parts = ll_structure_parts (inspection->structure);
  return g_steal_pointer (&inspection->facts);
}

LlMessageFacts *
ll_message_inspect (const char *bytes, gsize length, const char *const *tags, GError **error)
{
  g_autoptr (LlInspection) inspection = ll_inspection_new ();

  ll_inspection_feed (inspection, bytes, length);
  return ll_inspection_finish (inspection, tags, error);
}
