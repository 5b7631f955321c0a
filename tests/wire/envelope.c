/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/envelope.h"

#include "base/error.h"
#include "wire/address.h"

static LlEnvelope *
make_envelope (void)
{
  LlEnvelope *envelope = ll_envelope_new ();
  LlRecipient *second;

  g_free (envelope->sender);
  envelope->sender = g_strdup ("me@example.com");
  envelope->size = 12345678901;
  envelope->smtputf8 = TRUE;
  envelope->ret = g_strdup ("HDRS");
  envelope->envid = g_strdup ("QQ314159");
  g_ptr_array_add (envelope->recipients, ll_address_parse_recipient ("<a@example.com>", NULL));
  second = ll_address_parse_recipient ("<\"b c\"@B\xc3\xbc"
                                       "cher.example>",
                                       NULL);
  second->notify = g_strdup ("SUCCESS,FAILURE");
  second->orcpt = g_strdup ("rfc822;b@example.com");
  g_ptr_array_add (envelope->recipients, second);
  return envelope;
}

static void
assert_equal (const LlEnvelope *a, const LlEnvelope *b)
{
  g_autoptr (GVariant) left = g_variant_ref_sink (ll_envelope_to_variant (a));
  g_autoptr (GVariant) right = g_variant_ref_sink (ll_envelope_to_variant (b));

  g_assert_true (g_variant_equal (left, right));
}

static void
test_copy (void)
{
  g_autoptr (LlEnvelope) envelope = make_envelope ();
  g_autoptr (LlEnvelope) copy = ll_envelope_copy (envelope);

  g_assert_cmpuint (copy->recipients->len, ==, 2);
  g_assert_true (ll_envelope_recipient (copy, 0) != ll_envelope_recipient (envelope, 0));
  assert_equal (envelope, copy);
}

static void
test_variant (void)
{
  g_autoptr (LlEnvelope) envelope = make_envelope ();
  g_autoptr (LlEnvelope) empty = ll_envelope_new ();
  const LlEnvelope *both[] = { envelope, empty };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (ll_envelope_to_variant (both[i]));
      g_autoptr (GError) error = NULL;
      g_autoptr (LlEnvelope) back = ll_envelope_from_variant (variant, &error);

      g_assert_no_error (error);
      assert_equal (both[i], back);
    }
}

/* A damaged file must not become SMTP commands. */
static void
test_refused (void)
{
  for (guint i = 0; i < 9; i++)
    {
      g_autoptr (LlEnvelope) envelope = make_envelope ();
      LlRecipient *recipient = ll_envelope_recipient (envelope, 0);
      char **const fields[] = { &envelope->sender,   &envelope->ret,      &envelope->envid,
                                &recipient->address, &recipient->domain,  &recipient->original,
                                &recipient->notify,  &recipient->address, &recipient->orcpt };
      static const char *const values[]
          = { "me@example.com>\r\nRSET", "ALL",    "A B",      "a@other.example", "example.net", "",
              "NEVER\r\nDATA",           "nobody", "x ORCPT=y" };
      g_autoptr (GVariant) variant = NULL;
      g_autoptr (GError) error = NULL;

      g_free (*fields[i]);
      *fields[i] = g_strdup (values[i]);
      variant = g_variant_ref_sink (ll_envelope_to_variant (envelope));
      g_assert_null (ll_envelope_from_variant (variant, &error));
      g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
    }
}

static void
test_other_type (void)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_string ("x"));
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_envelope_from_variant (variant, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/envelope/copy", test_copy);
  g_test_add_func ("/envelope/variant", test_variant);
  g_test_add_func ("/envelope/refused", test_refused);
  g_test_add_func ("/envelope/other-type", test_other_type);
  return g_test_run ();
}
