/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "gui/provider-words.h"

#include "api/bidi.h"
#include "api/intl.h"
#include "api/read.h"
#include "api/sentence.h"

#include <string.h>

/* A name in the DNS begins with what it is asked for, such as "_submissions._tcp". (transfer full)
 */
static char *
speaker (GVariant *server)
{
  const char *source = ll_read_text (server, "source");
  const char *listed = ll_read_text (server, "listed");
  const char *name = source;

  if (*listed != '\0')
    /* Translators: a date; it stands for the second %s in "%s · %s says so" */
    return g_strdup_printf (_ ("Letterlock’s own list of providers (%s)"), listed);
  while (*name == '_' && strchr (name, '.') != NULL)
    name = strchr (name, '.') + 1;
  /* Translators: it stands for the second %s in "%s · %s says so" */
  return name == source ? g_strdup (source) : g_strdup_printf (_ ("the DNS of %s"), name);
}

char *
ll_provider_words_server (GVariant *server)
{
  const char *security = g_str_equal (ll_read_text (server, "security"), "tls")
                             ? _ ("Encrypted from the start (SSL/TLS)")
                             : _ ("Encrypted before anything is sent (STARTTLS)");
  g_autofree char *source = speaker (server);

  return ll_read_flag (server, "proven")
             /* Translators: the encryption, then who says so */
             ? g_strdup_printf (_ ("%s · %s says so"), security, source)
             : g_strdup_printf (_ ("%s · %s says so, but nothing proves that it is right: "
                                   "compare it with your provider's help page"),
                                security, source);
}

/* Of servers that the domain itself does not speak of. (transfer full) */
static char *
introduce_receiver (const char *domain, GVariant *server)
{
  const char *name = ll_read_text (server, "receiver");
  g_autofree char *own_domain = ll_bidi_isolate (domain);
  g_autofree char *receiver
      = ll_bidi_isolate (*name != '\0' ? name : ll_read_text (server, "received_at"));
  g_autofree char *text
      = g_strdup_printf (_ ("%s itself says nothing about mail servers, but its letters are "
                            "received at %s. That is who receives them, and not always who sends "
                            "them. Choose this server only if you know it as your provider’s: "
                            "your letters go there, and what you sign in with."),
                         own_domain, receiver);

  return ll_bidi_line (text);
}

char *
ll_provider_words_introduction (const char *address, GVariant *found)
{
  const char *at = strrchr (address, '@');
  g_autoptr (GVariant) offered = ll_read_list (found, "servers");
  gboolean any = g_variant_n_children (offered) > 0;
  g_autoptr (GVariant) first = any ? g_variant_get_child_value (offered, 0) : NULL;
  g_autofree char *reason = ll_sentence_read (found, "reason");

  if (*ll_read_text (first, "received_at") != '\0')
    return introduce_receiver (at != NULL ? at + 1 : address, first);
  if (any)
    return g_strdup_printf (_ ("This is what %s says about its mail servers. Make sure that it is "
                               "your provider's: your letters go there, and what you sign in "
                               "with."),
                            at != NULL ? at + 1 : address);
  return g_strdup_printf (_ ("%s. Type in what stands in your mail program now, under “outgoing "
                             "server”. Your letters leave through it as before."),
                          reason);
}
