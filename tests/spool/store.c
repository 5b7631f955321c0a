/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/store.h"

#include "place.h"

static void
assert_same (GVariant *one, GVariant *other)
{
  g_assert_cmpint (one != NULL, ==, other != NULL);
  if (one != NULL)
    g_assert_true (g_variant_equal (one, other));
}

static void
expect_same (const LlLetter *a, const LlLetter *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpint (a->received, ==, b->received);
  g_assert_cmpstr (a->account, ==, b->account);
  g_assert_cmpstr (a->message_id, ==, b->message_id);
  g_assert_cmpstr (a->digest, ==, b->digest);
  g_assert_cmpuint (a->size, ==, b->size);
  g_assert_cmpstr (a->envelope->sender, ==, b->envelope->sender);
  g_assert_cmpuint (a->envelope->recipients->len, ==, b->envelope->recipients->len);
  for (guint i = 0; i < a->progress->len; i++)
    {
      LlProgress *one = ll_letter_progress (a, i);
      LlProgress *other = ll_letter_progress (b, i);

      g_assert_cmpstr (ll_envelope_recipient (a->envelope, i)->address, ==,
                       ll_envelope_recipient (b->envelope, i)->address);
      g_assert_cmpint (one->state, ==, other->state);
      g_assert_cmpint (one->method, ==, other->method);
      g_assert_cmpint (one->requiretls, ==, other->requiretls);
      g_assert_cmpuint (one->tries, ==, other->tries);
      g_assert_cmpint (one->next_try, ==, other->next_try);
      g_assert_cmpint (one->decided, ==, other->decided);
      g_assert_cmpstr (one->reason, ==, other->reason);
      g_assert_cmpstr (one->reply, ==, other->reply);
      assert_same (ll_extra_variant (one->extra), ll_extra_variant (other->extra));
    }
  assert_same (a->facts, b->facts);
}

/* Sizes around every edge of the chunks, in one piece and in crumbs. */
static void
test_sizes (Place *place, gconstpointer data)
{
  static const struct
  {
    gsize length;
    gsize step;
  } cases[] = {
    { 0, 1 },          { 1, 1 },           { 4096, 7 },        { 65535, 65535 },
    { 65536, 65536 },  { 65536, 1000 },    { 65537, 65537 },   { 131071, 4096 },
    { 131072, 40000 }, { 131073, 131073 }, { 1000000, 65536 }, { 3000000, 99991 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *content = place_content (cases[i].length);
      g_autoptr (LlLetter) letter
          = place_take (place, place_letter (), content, cases[i].length, cases[i].step);
      g_autoptr (LlReader) reader = ll_store_read (place->store, letter, NULL);
      g_autoptr (LlReader) again = NULL;
      g_autoptr (LlLetter) loaded = NULL;

      g_assert_nonnull (reader);
      place_expect_content (reader, content, cases[i].length);
      place_reopen (place);
      loaded = ll_store_load (place->store, letter->id, NULL);
      g_assert_nonnull (loaded);
      expect_same (letter, loaded);
      again = ll_store_read (place->store, loaded, NULL);
      place_expect_content (again, content, cases[i].length);
    }
}

static void
test_fields (Place *place, gconstpointer data)
{
  LlLetter *letter = place_letter ();
  LlProgress *progress = ll_letter_progress (letter, 1);
  g_autoptr (LlLetter) loaded = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "subject", "s", "Canary");
  letter->facts = g_variant_ref_sink (g_variant_dict_end (&dict));
  progress->state = LL_STATE_HELD;
  progress->method = LL_METHOD_TLS;
  progress->requiretls = TRUE;
  progress->tries = 3;
  progress->next_try = 1700000600;
  progress->decided = 1700000001;
  progress->reason = g_strdup ("because");
  progress->reply = g_strdup ("250 \xc3\xa9");
  ll_extra_put_text (progress->extra, "evidence", "dane");
  place_take (place, letter, "x", 1, 1);
  place_reopen (place);
  loaded = ll_store_load (place->store, letter->id, NULL);
  expect_same (letter, loaded);
  ll_letter_free (letter);
}

static void
expect_sealed (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_null (memmem (bytes, length, "CANARY", 6));
  g_assert_nonnull (memmem (bytes, length, "one@b.example", 13));
}

/* Neither content nor facts can be found in any file of the spool (promise 10); the recipients'
 * addresses, which are in clear, show that the search would find them. */
static void
test_sealed (Place *place, gconstpointer data)
{
  LlLetter *letter = place_letter ();
  g_autofree char *path = NULL;
  g_autofree char *log = g_build_filename (place->folder, "log.1", NULL);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "subject", "s", "CANARY-SUBJECT");
  letter->facts = g_variant_ref_sink (g_variant_dict_end (&dict));
  place_take (place, letter, "CANARY-BODY", 11, 11);
  expect_sealed (log);
  place_reopen (place);
  path = place_path (place, letter->id, ".letter");
  expect_sealed (path);
  ll_letter_free (letter);
}

static void
test_abandon (Place *place, gconstpointer data)
{
  g_autofree char *content = place_content (100000);
  LlIntake *intake = ll_store_begin (place->store, NULL);

  g_assert_true (ll_intake_write (intake, content, 100000, NULL));
  g_assert_cmpuint (place_count (place, "tmp"), ==, 1);
  ll_intake_abandon (intake);
  g_assert_cmpuint (place_count (place, "tmp"), ==, 0);
  g_assert_cmpuint (place_count (place, "letters"), ==, 0);
  ll_intake_abandon (NULL);
}

static void
test_digest (Place *place, gconstpointer data)
{
  static const struct
  {
    const char *account, *sender, *recipient, *bytes;
    gboolean same;
  } cases[] = {
    { "a", "s@x", "r@y", "bytes", TRUE },  { "b", "s@x", "r@y", "bytes", FALSE },
    { "a", "t@x", "r@y", "bytes", FALSE }, { "a", "s@x", "q@y", "bytes", FALSE },
    { "a", "s@x", "r@y", "byteS", FALSE }, { "as", "@x", "r@y", "bytes", FALSE },
    { "a", "s@xr", "@y", "bytes", FALSE },
  };
  g_autofree char *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlIntake *intake = ll_store_begin (place->store, NULL);
      g_autoptr (LlLetter) letter = ll_letter_new ();
      g_autofree char *digest = NULL;

      letter->envelope = ll_envelope_new ();
      g_free (letter->envelope->sender);
      letter->envelope->sender = g_strdup (cases[i].sender);
      place_add_recipient (letter, cases[i].recipient);
      for (const char *at = cases[i].bytes; *at; at++)
        g_assert_true (ll_intake_write (intake, at, 1, NULL));
      digest = ll_intake_digest (intake, cases[i].account, letter->envelope);
      g_assert_cmpuint (strlen (digest), ==, 64);
      if (i == 0)
        first = g_strdup (digest);
      g_assert_cmpint (g_str_equal (digest, first), ==, cases[i].same);
      ll_intake_abandon (intake);
    }
}

static char *
digest_of_one (LlStore *store)
{
  LlIntake *intake = ll_store_begin (store, NULL);
  g_autoptr (LlLetter) letter = ll_letter_new ();
  char *digest;

  letter->envelope = ll_envelope_new ();
  g_assert_true (ll_intake_write (intake, "bytes", 5, NULL));
  digest = ll_intake_digest (intake, "a", letter->envelope);
  ll_intake_abandon (intake);
  return digest;
}

/* A repeat is known after a restart, and nobody else can tell which letter it was. */
static void
test_digest_key (Place *place, gconstpointer data)
{
  g_autofree char *before = digest_of_one (place->store);
  g_autofree char *after = NULL;
  g_autofree char *elsewhere = NULL;
  Place other;

  place_reopen (place);
  after = digest_of_one (place->store);
  g_assert_cmpstr (after, ==, before);
  place_set_up (&other, NULL);
  elsewhere = digest_of_one (other.store);
  g_assert_cmpstr (elsewhere, !=, before);
  place_tear_down (&other, NULL);
}

static void
test_list_and_remove (Place *place, gconstpointer data)
{
  g_autoptr (GPtrArray) letters = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_letter_free);
  g_auto (GStrv) ids = NULL;
  g_auto (GStrv) left = NULL;

  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (letters, place_take_large (place, place_letter ()));
  ids = ll_store_list (place->store);
  g_assert_cmpuint (g_strv_length (ids), ==, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpstr (ids[i], ==, ((LlLetter *) letters->pdata[i])->id);
  for (guint i = 0; i < 99; i++)
    g_assert_true (ll_store_remove (place->store, letters->pdata[i], NULL));
  g_assert_true (ll_store_remove (place->store, letters->pdata[0], NULL));
  place_reopen (place);
  left = ll_store_list (place->store);
  g_assert_cmpuint (g_strv_length (left), ==, 1);
  g_assert_cmpuint (place_count (place, "letters"), ==, 2);
}

static void
test_claim (Place *place, gconstpointer data)
{
  g_assert_true (ll_store_claim (place->store, "0123456789ab"));
  g_assert_false (ll_store_claim (place->store, "0123456789ab"));
  g_assert_true (ll_store_claim (place->store, "0123456789ac"));
  g_assert_false (ll_store_claim_wait (place->store, "0123456789ab", ll_deadline_in (1)));
  ll_store_release (place->store, "0123456789ab");
  g_assert_true (ll_store_claim (place->store, "0123456789ab"));
}

static gpointer
claim_thread (gpointer data)
{
  Place *place = data;

  return GINT_TO_POINTER (
      ll_store_claim_wait (place->store, "0123456789ab", ll_deadline_in (60000)));
}

/* Who waits for an owner gets the letter as soon as he lets go, whichever comes first here. */
static void
test_claim_wait (Place *place, gconstpointer data)
{
  GThread *thread;

  g_assert_true (ll_store_claim (place->store, "0123456789ab"));
  thread = g_thread_new ("claim", claim_thread, place);
  ll_store_release (place->store, "0123456789ab");
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  g_assert_false (ll_store_claim (place->store, "0123456789ab"));
}

static void
test_absent (Place *place, gconstpointer data)
{
  static const char *const ids[] = { "0123456789ab", "", "../../etc/passwd", "0123456789AB" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ll_store_load (place->store, ids[i], &error));
      g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_ABSENT);
    }
}

static void
test_one_owner (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_store_new (place->folder, place->secrets, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_IO);
}

/* Leftovers of every kind that the table of states names go; nothing else does. */
static void
test_recovery (Place *place, gconstpointer data)
{
  g_autoptr (LlLetter) letter = place_take_large (place, place_letter ());
  g_autofree char *incoming = g_build_filename (place->folder, "tmp", "0123456789ab", NULL);
  g_autofree char *stranger = g_build_filename (place->folder, "tmp", "notes.txt", NULL);
  g_autofree char *orphan = place_path (place, "0123456789ab", ".journal");
  g_autofree char *journal = place_path (place, letter->id, ".journal");

  g_assert_true (g_file_set_contents (incoming, "half", -1, NULL));
  g_assert_true (g_file_set_contents (stranger, "mine", -1, NULL));
  g_assert_true (g_file_set_contents (orphan, "", -1, NULL));
  place_reopen (place);
  place_reopen (place);
  g_assert_false (g_file_test (incoming, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (stranger, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (orphan, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (journal, G_FILE_TEST_EXISTS));
}

static gpointer
intake_thread (gpointer data)
{
  Place *place = data;
  g_autofree char *content = place_content (70000);

  for (guint i = 0; i < 25; i++)
    {
      g_autoptr (LlLetter) letter = place_take (place, place_letter (), content, 70000, 8192);
      g_autoptr (LlReader) reader = ll_store_read (place->store, letter, NULL);

      place_expect_content (reader, content, 70000);
      ll_letter_progress (letter, 0)->state = LL_STATE_QUEUED;
      g_assert_true (ll_store_record (place->store, letter, TRUE, NULL));
      if (i % 2)
        g_assert_true (ll_store_remove (place->store, letter, NULL));
    }
  return NULL;
}

static void
test_threads (Place *place, gconstpointer data)
{
  GThread *threads[8];
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("intake", intake_thread, place);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  ids = ll_store_list (place->store);
  g_assert_cmpuint (g_strv_length (ids), ==, 8 * 13);
}

static void
test_not_to_be_kept (Place *place, gconstpointer data)
{
  LlIntake *intake = ll_store_begin (place->store, NULL);
  g_autoptr (LlLetter) letter = place_letter ();
  g_autoptr (GError) error = NULL;

  ll_letter_progress (letter, 0)->state = LL_STATE_SENT;
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*state to come*");
  g_assert_false (ll_intake_commit (intake, letter, TRUE, &error));
  g_test_assert_expected_messages ();
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
  g_assert_cmpuint (place_count (place, "letters"), ==, 0);
}

#define ADD(path, function) g_test_add (path, Place, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  place_init (&argc, &argv);
  ADD ("/store/sizes", test_sizes);
  ADD ("/store/fields", test_fields);
  ADD ("/store/sealed", test_sealed);
  ADD ("/store/abandon", test_abandon);
  ADD ("/store/digest", test_digest);
  ADD ("/store/digest-key", test_digest_key);
  ADD ("/store/list-and-remove", test_list_and_remove);
  ADD ("/store/claim", test_claim);
  ADD ("/store/claim-wait", test_claim_wait);
  ADD ("/store/absent", test_absent);
  ADD ("/store/one-owner", test_one_owner);
  ADD ("/store/recovery", test_recovery);
  ADD ("/store/threads", test_threads);
  ADD ("/store/not-to-be-kept", test_not_to_be_kept);
  return g_test_run ();
}
