/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/json.h"

#include <json-glib/json-glib.h>

static const LlField inner[] = { { "x", LL_FIELD_VALUE, NULL }, { NULL } };
static const LlField schema[] = {
  { "a", LL_FIELD_VALUE, NULL },
  { "o", LL_FIELD_OBJECT, inner },
  { "l", LL_FIELD_LIST, inner },
  { NULL },
};

static const struct
{
  const char *dict;
  const char *line;
} cases[] = {
  /* what is absent is null, never missing */
  { "@a{sv} {}", "{\"a\":null,\"o\":null,\"l\":[]}" },
  { "{'a': <'t'>}", "{\"a\":\"t\",\"o\":null,\"l\":[]}" },
  { "{'a': <true>, 'o': <@a{sv} {}>}", "{\"a\":true,\"o\":{\"x\":null},\"l\":[]}" },
  { "{'o': <{'x': <1>}>, 'l': <[{'x': <uint64 2>}, {'y': <int64 -3>}]>}",
    "{\"a\":null,\"o\":{\"x\":1},\"l\":[{\"x\":2},{\"x\":null,\"y\":-3}]}" },
  /* fields that are not known come after, by name */
  { "{'z': <1>, 'b': <2>, 'a': <0.5>}", "{\"a\":0.5,\"o\":null,\"l\":[],\"b\":2,\"z\":1}" },
  { "{'a': <['x', 'y']>}", "{\"a\":[\"x\",\"y\"],\"o\":null,\"l\":[]}" },
  { "{'a': <@as []>}", "{\"a\":[],\"o\":null,\"l\":[]}" },
  { "{'a': <{'k': <'v'>}>}", "{\"a\":{\"k\":\"v\"},\"o\":null,\"l\":[]}" },
  { "{'a': <[<1>, <'b'>]>}", "{\"a\":[1,\"b\"],\"o\":null,\"l\":[]}" },
  { "{'a': <'\\\"\\\\/\\n\\t\\u0007\\u007fü'>}",
    "{\"a\":\"\\\"\\\\/\\n\\t\\u0007\\u007fü\",\"o\":null,\"l\":[]}" },
  { "{'o': <'no object'>}", "{\"a\":null,\"o\":\"no object\",\"l\":[]}" },
};

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) dict = g_variant_ref_sink (
          g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].dict, NULL, NULL, NULL));
      g_autofree char *line = ll_json_line (dict, schema);
      g_autoptr (JsonNode) parsed = json_from_string (line, NULL);

      g_assert_cmpstr (line, ==, cases[i].line);
      g_assert_nonnull (parsed);
    }
}

/* The fields that scripts may rely on (design 4.7), in one place that a change has to touch. */
static void
test_contract (void)
{
  static const char check[]
      = "{\"domain\":null,\"address\":null,\"evidence\":null,\"source\":null,\"why\":null,"
        "\"reason\":null,\"code\":null,\"seen\":null,\"total\":null,\"mta_sts\":{\"mode\":null,"
        "\"id\":null,\"expires\":null,\"code\":null,\"reason\":null},\"hosts\":[{\"name\":null,"
        "\"preference\":null,\"addresses\":[],\"evidence\":null,\"why\":null,\"reason\":null,"
        "\"code\":null,\"protocol\":null,\"cipher\":null,\"bits\":null,\"certificate\":null,"
        "\"dane\":null,\"requiretls\":null,\"milliseconds\":{\"dns\":null,\"connect\":null,"
        "\"greeting\":null,\"starttls\":null,\"tls\":null}}]}";
  static const char letter[]
      = "{\"id\":null,\"time\":null,\"account\":null,\"from\":null,\"message_id\":null,"
        "\"state\":null,\"recipients\":[{\"address\":null,\"domain\":null,\"method\":null,"
        "\"evidence\":null,\"source\":null,\"bound\":null,\"confidence\":null,\"state\":null,"
        "\"reason\":null,\"code\":null,\"proof\":null,\"overridden\":null,\"next_try\":null,"
        "\"reply\":null,\"also\":[],\"offers\":[],\"may_send_anyway\":null}],\"warning\":null,"
        "\"subject\":null}";
  g_autoptr (GVariant) verdict = g_variant_ref_sink (g_variant_new_parsed (
      "{'mta_sts': <@a{sv} {}>, 'hosts': <[{'milliseconds': <@a{sv} {}>}]>}"));
  g_autoptr (GVariant) one
      = g_variant_ref_sink (g_variant_new_parsed ("{'recipients': <[@a{sv} {}]>}"));
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_autofree char *first = ll_json_line (verdict, ll_schema_check);
  g_autofree char *second = ll_json_line (one, ll_schema_letter);
  g_autofree char *third = ll_json_line (empty, ll_schema_access);
  g_autofree char *fourth = ll_json_line (empty, ll_schema_preview);

  g_assert_cmpstr (first, ==, check);
  g_assert_cmpstr (second, ==, letter);
  g_assert_cmpstr (third, ==,
                   "{\"account\":null,\"username\":null,\"password\":null,\"hosts\":[],"
                   "\"ports\":[],\"tls_ports\":[]}");
  g_assert_true (g_str_has_prefix (fourth, "{\"address\":null,\"decision\":null,\"method\":null,"
                                           "\"reason\":null,\"code\":null"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/json/lines", test_lines);
  g_test_add_func ("/cli/json/contract", test_contract);
  return g_test_run ();
}
