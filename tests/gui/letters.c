/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/letters.h"

#include "gui/letter.h"

/* The list beside a daemon of our own: what is asked, in which order it is answered, and what
 * comes meanwhile. */

#define ALL 250

/* -- the daemon -------------------------------------------------------------------------------- */

struct _LlDaemon
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (LlDaemon, ll_daemon, G_TYPE_OBJECT)

static guint newest; /* it has the letters ALL..1, and those above that came */
static GQueue asked; /* of GTask; its data: the arguments, its name: the method */

static void
ll_daemon_class_init (LlDaemonClass *klass)
{
  g_signal_new ("letters-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
  g_signal_new ("letters-outdated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 0);
}

static void
ll_daemon_init (LlDaemon *self)
{
}

gboolean
ll_daemon_is_connected (LlDaemon *daemon)
{
  return TRUE;
}

void
ll_daemon_call (LlDaemon *daemon,
                const char *method,
                GVariant *arguments,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer data)
{
  GTask *task = g_task_new (daemon, cancellable, callback, data);

  g_task_set_name (task, method);
  g_task_set_task_data (task, g_variant_ref_sink (arguments), (GDestroyNotify) g_variant_unref);
  g_queue_push_tail (&asked, task);
}

GVariant *
ll_daemon_call_finish (LlDaemon *daemon, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GVariant *
letter_of (guint number)
{
  g_auto (GVariantDict) letter = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *id = g_strdup_printf ("%012x", number);

  g_variant_dict_insert (&letter, "id", "s", id);
  g_variant_dict_insert (&letter, "state", "s", "sent");
  return g_variant_dict_end (&letter);
}

static GVariant *
page_of (GVariant *arguments)
{
  g_autoptr (GVariant) query = g_variant_get_child_value (arguments, 0);
  GVariantBuilder letters;
  const char *before = NULL;
  guint limit = 0;
  guint from = newest;

  if (g_variant_lookup (query, "before", "&s", &before))
    from = (guint) g_ascii_strtoull (before, NULL, 16) - 1;
  g_assert_true (g_variant_lookup (query, "limit", "u", &limit));
  g_variant_builder_init (&letters, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = from; i > 0 && from - i < limit; i--)
    g_variant_builder_add_value (&letters, letter_of (i));
  return g_variant_new ("(aa{sv}s)", &letters, "");
}

static GVariant *
ids (void)
{
  GVariantBuilder numbers;

  g_variant_builder_init (&numbers, G_VARIANT_TYPE ("at"));
  for (guint i = newest; i > 0; i--)
    g_variant_builder_add (&numbers, "t", (guint64) i);
  return g_variant_new ("(at)", &numbers);
}

/* Answers the first of what was asked and is @method. */
static void
answer (const char *method)
{
  for (GList *one = asked.head; one != NULL; one = one->next)
    {
      g_autoptr (GTask) task = NULL;
      GVariant *reply;

      if (!g_str_equal (g_task_get_name (one->data), method))
        continue;
      task = one->data;
      g_queue_delete_link (&asked, one);
      reply = g_str_equal (method, "ListLetters") ? page_of (g_task_get_task_data (task)) : ids ();
      g_task_return_pointer (task, g_variant_ref_sink (reply), (GDestroyNotify) g_variant_unref);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      return;
    }
  g_assert_not_reached ();
}

static const char *
waits (void)
{
  GTask *task = g_queue_peek_head (&asked);

  return task != NULL ? g_task_get_name (task) : NULL;
}

/* -- the list ---------------------------------------------------------------------------------- */

static LlDaemon *the_daemon;

static LlLetters *
open_list (void)
{
  newest = ALL;
  the_daemon = g_object_new (LL_TYPE_DAEMON, NULL);
  return ll_letters_new (the_daemon);
}

static void
close_list (LlLetters *letters)
{
  g_object_unref (letters);
  g_object_unref (the_daemon);
  g_queue_clear_full (&asked, g_object_unref);
}

/* Looks at them as a list view does, and holds them. */
static GPtrArray *
look_at (LlLetters *letters, guint first, guint n)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = first; i < first + n; i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (letters), i));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return rows;
}

static void
assert_read (GPtrArray *rows, guint from)
{
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("%012x", from - i);

      g_assert_cmpstr (ll_letter_get_id (rows->pdata[i]), ==, id);
      g_assert_true (ll_letter_is_read (rows->pdata[i]));
    }
}

/* Rows that are there say what they said; each is asked about again. */
static void
test_outdated_ones_are_asked_for_anew (void)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) again = NULL;
  LlLetters *letters = open_list ();

  answer ("ListLetters");
  answer ("ListLetterIds");
  rows = look_at (letters, 0, 3);
  g_assert_null (waits ());
  g_signal_emit_by_name (the_daemon, "letters-outdated");
  g_assert_cmpuint (asked.length, ==, 2);
  answer ("ListLetters");
  answer ("ListLetterIds");
  again = look_at (letters, 0, 3);
  assert_read (again, ALL);
  g_assert_null (waits ());
  close_list (letters);
}

static void
test_first_page_is_there_with_the_ids (void)
{
  g_autoptr (GPtrArray) rows = NULL;
  LlLetters *letters = open_list ();

  g_assert_cmpuint (asked.length, ==, 2);
  answer ("ListLetters");
  answer ("ListLetterIds");
  rows = look_at (letters, 0, LL_LETTERS_AT_ONCE);
  assert_read (rows, ALL);
  g_assert_null (waits ());
  close_list (letters);
}

static void
test_ids_that_come_first_ask_no_second_time (void)
{
  g_autoptr (GPtrArray) rows = NULL;
  LlLetters *letters = open_list ();

  answer ("ListLetterIds");
  rows = look_at (letters, 0, LL_LETTERS_AT_ONCE);
  g_assert_cmpuint (asked.length, ==, 1);
  answer ("ListLetters");
  assert_read (rows, ALL);
  g_assert_null (waits ());
  close_list (letters);
}

static void
test_a_leaf_is_one_question (void)
{
  g_autoptr (GPtrArray) rows = NULL;
  LlLetters *letters = open_list ();

  answer ("ListLetters");
  answer ("ListLetterIds");
  rows = look_at (letters, LL_LETTERS_AT_ONCE, LL_LETTERS_AT_ONCE);
  g_assert_cmpuint (asked.length, ==, 1);
  answer ("ListLetters");
  assert_read (rows, ALL - LL_LETTERS_AT_ONCE);
  g_assert_null (waits ());
  close_list (letters);
}

/* A page that was asked after the ids may have one more. */
static void
test_what_came_between_ids_and_page_is_shown (void)
{
  const char *const changed[] = { "0000000000fb", NULL };
  g_autoptr (GPtrArray) rows = NULL;
  LlLetters *letters = open_list ();

  answer ("ListLetterIds");
  newest++;
  answer ("ListLetters");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (letters)), ==, ALL);
  g_signal_emit_by_name (the_daemon, "letters-changed", changed);
  while (waits () == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (waits (), ==, "ListLetterIds");
  answer ("ListLetterIds");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (letters)), ==, ALL + 1);
  rows = look_at (letters, 0, 1);
  assert_read (rows, ALL + 1);
  close_list (letters);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/letters/first-page", test_first_page_is_there_with_the_ids);
  g_test_add_func ("/letters/outdated", test_outdated_ones_are_asked_for_anew);
  g_test_add_func ("/letters/ids-first", test_ids_that_come_first_ask_no_second_time);
  g_test_add_func ("/letters/leaf", test_a_leaf_is_one_question);
  g_test_add_func ("/letters/between", test_what_came_between_ids_and_page_is_shown);
  return g_test_run ();
}
