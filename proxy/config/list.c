/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config/list.h"

#include "base/error.h"
#include "config/account.h"
#include "config/value.h"

#include <gio/gio.h>
#include <string.h>

#define FIELD(type, target, offset) (*(type *) ((char *) (target) + (offset)))
#define CONST_FIELD(type, target, offset) (*(type const *) ((const char *) (target) + (offset)))

GStrv
ll_list_split (const char *text)
{
  g_auto (GStrv) raw = g_strsplit (text, ";", -1);
  GStrvBuilder *items = g_strv_builder_new ();
  GStrv list;

  for (guint i = 0; raw[i] != NULL; i++)
    if (*g_strstrip (raw[i]) != '\0')
      g_strv_builder_add (items, raw[i]);
  list = g_strv_builder_end (items);
  g_strv_builder_unref (items);
  return list;
}

static gboolean
fail (const LlOption *option, const char *item, GError **error)
{
  g_autofree char *valid = ll_option_valid (option);

  g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE, "\"%s\" is not valid; it is %s", item,
               valid);
  return FALSE;
}

/* -- one item to its normal form; NULL: not valid ------------------------------------- */

static char *
listener_item (const char *item, gboolean loopback_only, GError **error)
{
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;
  guint port;

  if (!ll_value_endpoint (item, &host, &port, error))
    return NULL;
  address = g_inet_address_new_from_string (host);
  if (address == NULL)
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE,
                 "\"%s\" has a name where an address belongs, such as 127.0.0.1:1587", item);
  else if (loopback_only && !g_inet_address_get_is_loopback (address))
    g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_RANGE,
                 "\"%s\" is not a loopback address; listeners for others stand in a group "
                 "[foreign NAME]",
                 item);
  else
    return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
  return NULL;
}

static char *
resolver_item (const char *item)
{
  const char *at = strchr (item, '@');
  g_autofree char *address = at != NULL ? g_strndup (item, (gsize) (at - item)) : g_strdup (item);
  g_autofree char *host = NULL;
  guint64 port = 53;
  guint number;

  if (g_hostname_is_ip_address (address))
    {
      if (at != NULL && !g_ascii_string_to_unsigned (at + 1, 10, 1, 65535, &port, NULL))
        return NULL;
      return g_strdup (item);
    }
  if (at == NULL && ll_value_endpoint (item, &host, &number, NULL)
      && g_hostname_is_ip_address (host) && number > 0)
    return g_strdup_printf ("%s@%u", host, number);
  return NULL;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" */
static gboolean
is_address_literal (const char *item)
{
  gsize length = strlen (item);
  g_autofree char *inside = NULL;

  if (length < 3 || item[0] != '[' || item[length - 1] != ']')
    return FALSE;
  inside = g_strndup (item + 1, length - 2);
  return g_hostname_is_ip_address (g_ascii_strncasecmp (inside, "IPv6:", 5) == 0 ? inside + 5
                                                                                 : inside);
}

static char *
pattern_item (const char *item)
{
  const char *domain = item;
  g_autofree char *ascii = NULL;

  if (strcmp (item, "*") == 0 || is_address_literal (item))
    return g_strdup (item);
  if (g_str_has_prefix (item, "*@"))
    domain = item + 2;
  else if (item[0] == '@')
    domain = item + 1;
  else if (strchr (item, '@') != NULL)
    return ll_value_address (item);
  if (g_str_has_prefix (domain, "*."))
    {
      ascii = ll_value_domain (domain + 2);
      return ascii != NULL ? g_strconcat ("*.", ascii, NULL) : NULL;
    }
  return ll_value_domain (domain);
}

static char *
pin_item (const char *item)
{
  GString *hex = g_string_new (NULL);
  const char *text = g_str_has_prefix (item, "sha256:") ? item + strlen ("sha256:") : item;

  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_isxdigit (*c))
      g_string_append_c (hex, g_ascii_tolower (*c));
    else if (*c != ':')
      g_string_append_c (hex, '?');
  if (hex->len == 64 && strchr (hex->str, '?') == NULL)
    return g_string_free (hex, FALSE);
  g_string_free (hex, TRUE);
  return NULL;
}

static char *
host_item (const char *item)
{
  return g_hostname_is_ip_address (item) ? g_strdup (item) : ll_value_domain (item);
}

static char *
domain_item (const char *item)
{
  if (g_str_has_prefix (item, "*@"))
    item += 2;
  else if (item[0] == '@')
    item += 1;
  return ll_value_domain (item);
}

static char *
word_item (const LlOption *option, const char *item)
{
  return g_strv_contains (option->words, item) ? g_strdup (item) : NULL;
}

static char *
normal_item (const LlOption *option, const char *item, GError **error)
{
  switch ((guint) option->type)
    {
    case LL_OPTION_LOCAL:
    case LL_OPTION_FOREIGN:
      return listener_item (item, option->type == LL_OPTION_LOCAL, error);
    case LL_OPTION_RESOLVERS:
      return resolver_item (item);
    case LL_OPTION_HOSTS:
      return host_item (item);
    case LL_OPTION_ADDRESSES:
      return ll_value_address (item);
    case LL_OPTION_DOMAINS:
      return domain_item (item);
    case LL_OPTION_PATTERNS:
      return pattern_item (item);
    case LL_OPTION_URLS:
      return ll_value_is_url (option->words, item) ? g_strdup (item) : NULL;
    case LL_OPTION_PINS:
      return pin_item (item);
    default:
      return word_item (option, item);
    }
}

/* -- the whole list -------------------------------------------------------------------- */

static gboolean
normalise (const LlOption *option, GStrv items, GError **error)
{
  for (guint i = 0; items[i] != NULL; i++)
    {
      GError *reason = NULL;
      char *normal = normal_item (option, items[i], &reason);

      if (normal == NULL && reason == NULL)
        return fail (option, items[i], error);
      if (normal == NULL)
        {
          g_propagate_error (error, reason);
          return FALSE;
        }
      g_free (items[i]);
      items[i] = normal;
      for (guint j = 0; j < i; j++)
        if (strcmp (items[j], normal) == 0)
          {
            g_set_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_TYPE, "\"%s\" stands there twice",
                         normal);
            return FALSE;
          }
    }
  return TRUE;
}

static const struct
{
  const char *word;
  guint bit;
} honours_bits[] = { { "sts", LL_HONOURS_STS }, { "dane", LL_HONOURS_DANE }, { "none", 0 } };

static gboolean
set_honours (const LlOption *option, GStrv items, gpointer target, GError **error)
{
  guint bits = 0;

  for (guint i = 0; items[i] != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (honours_bits); j++)
      if (strcmp (items[i], honours_bits[j].word) == 0)
        bits |= honours_bits[j].bit;
  if (g_strv_contains ((const char *const *) items, "none") && bits != 0)
    return fail (option, "none", error);
  FIELD (guint, target, option->offset) = bits;
  return TRUE;
}

static void
set_methods (const LlOption *option, GStrv items, gpointer target)
{
  GArray **field = &FIELD (GArray *, target, option->offset);
  GArray *methods = g_array_new (FALSE, FALSE, sizeof (LlMethod));

  for (guint i = 0; items[i] != NULL; i++)
    {
      LlMethod method;

      if (ll_method_from_name (items[i], &method))
        g_array_append_val (methods, method);
    }
  g_clear_pointer (field, g_array_unref);
  *field = methods;
}

gboolean
ll_list_parse (const LlOption *option, const char *text, gpointer target, GError **error)
{
  g_auto (GStrv) items = ll_list_split (text);
  GStrv *field;

  if (!normalise (option, items, error))
    return FALSE;
  if (option->required && items[0] == NULL)
    return fail (option, text, error);
  if (option->type == LL_OPTION_HONOURS)
    return set_honours (option, items, target, error);
  if (option->type == LL_OPTION_METHODS)
    {
      set_methods (option, items, target);
      return TRUE;
    }
  field = &FIELD (GStrv, target, option->offset);
  g_strfreev (*field);
  *field = g_steal_pointer (&items);
  return TRUE;
}

char *
ll_list_format (const LlOption *option, gconstpointer target)
{
  GString *text = g_string_new (NULL);

  if (option->type == LL_OPTION_HONOURS)
    {
      guint bits = CONST_FIELD (guint, target, option->offset);

      g_string_append (text, bits == 0 ? "none" : "");
      for (guint i = 0; i < G_N_ELEMENTS (honours_bits); i++)
        if ((bits & honours_bits[i].bit) != 0)
          g_string_append_printf (text, "%s%s", text->len > 0 ? ";" : "", honours_bits[i].word);
    }
  else if (option->type == LL_OPTION_METHODS)
    {
      const GArray *methods = CONST_FIELD (GArray *, target, option->offset);

      for (guint i = 0; methods != NULL && i < methods->len; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? ";" : "",
                                ll_method_name (g_array_index (methods, LlMethod, i)));
    }
  else
    {
      GStrv items = CONST_FIELD (GStrv, target, option->offset);

      for (guint i = 0; items != NULL && items[i] != NULL; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? ";" : "", items[i]);
    }
  if (option->set != 0 && !CONST_FIELD (gboolean, target, option->set))
    {
      g_string_free (text, TRUE);
      return NULL;
    }
  return g_string_free (text, FALSE);
}
