/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/choices.h"

#include "cli/command.h"
#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* As long as the lists show it. */
#define ID_SHOWN 8

static gboolean
is_held (GVariant *recipient)
{
  return strcmp (ll_text (recipient, "state"), "held") == 0;
}

/* " --to ADDRESS" where more than one is held, so that each can be decided alone. (transfer full)
 */
static char *
only_for (GVariant *letter, GVariant *recipient)
{
  g_autoptr (GVariant) recipients = ll_below (letter, "recipients");
  g_autofree char *address = ll_table_clean (ll_text (recipient, "address"));
  g_autofree char *quoted = NULL;
  guint held = 0;

  for (gsize i = 0; recipients != NULL && i < g_variant_n_children (recipients); i++)
    {
      g_autoptr (GVariant) other = g_variant_get_child_value (recipients, i);

      held += is_held (other);
    }
  if (held < 2)
    return g_strdup ("");
  if (strspn (address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.+-_")
      == strlen (address))
    return g_strdup_printf (" --to %s", address);
  quoted = g_shell_quote (address);
  return g_strdup_printf (" --to %s", quoted);
}

GPtrArray *
ll_choices (GVariant *letter, GVariant *recipient)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *id = g_strndup (ll_text (letter, "id"), ID_SHOWN);
  g_autofree char *to = only_for (letter, recipient);
  g_autofree const char **offers = NULL;

  if (!is_held (recipient) || *ll_text (recipient, "next_try") != '\0')
    return choices;
  g_variant_lookup (recipient, "offers", "^a&s", &offers);
  for (guint i = 0; offers != NULL && offers[i] != NULL; i++)
    g_ptr_array_add (choices,
                     g_strdup_printf ("letterlock release %s --with %s%s", id, offers[i], to));
  if (ll_flag (recipient, "may_send_anyway"))
    g_ptr_array_add (choices, g_strdup_printf ("letterlock release %s --anyway%s", id, to));
  g_ptr_array_add (choices, g_strdup_printf ("letterlock drop %s%s", id, to));
  return choices;
}

void
ll_choices_print (GVariant *letter, GVariant *recipient, const char *indent)
{
  g_autoptr (GPtrArray) choices = ll_choices (letter, recipient);

  for (guint i = 0; i < choices->len; i++)
    printf ("%s%s\n", indent, (const char *) g_ptr_array_index (choices, i));
}
