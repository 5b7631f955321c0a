/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Certificates of somebody from directories (RFC 4511; userCertificate;binary of RFC 4523 and
 * userSMIMECertificate of RFC 2798), always over verified TLS: the question alone says whom the
 * user writes to. The library resolves names and waits as it likes, so this is done here, where
 * it can be killed.
 */

#include "worker/worker.h"

#include "base/error.h"
#include "base/file.h"
#include "keys/certificate.h"

#include <ldap.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"

/* More entries for one address are a mess; the first ones are told. */
#define ENTRIES_MAX 10

/* All that is found has to fit in one reply. */
#define FOUND_MAX (120 * 1024)

typedef struct
{
  const char *address;
  const char *roots; /* file with certificates */
  guint milliseconds;
  GVariantBuilder certificates;
  gsize size;
  guint found;
} Search;

/* -- the question ---------------------------------------------------------------------------- */

/* What means something in a filter is written as its octet (RFC 4515 3.). */
static char *
escaped (const char *text)
{
  GString *filter = g_string_new (NULL);

  for (const guint8 *at = (const guint8 *) text; *at != '\0'; at++)
    if (*at == '*' || *at == '(' || *at == ')' || *at == '\\' || *at >= 0x80)
      g_string_append_printf (filter, "\\%02x", *at);
    else
      g_string_append_c (filter, (char) *at);
  return g_string_free (filter, FALSE);
}

static char *
filter_of (const LDAPURLDesc *url, const char *address)
{
  g_autofree char *mail = escaped (address);

  if (url->lud_filter == NULL || *url->lud_filter == '\0')
    return g_strdup_printf ("(mail=%s)", mail);
  return g_strdup_printf (*url->lud_filter == '(' ? "(&%s(mail=%s))" : "(&(%s)(mail=%s))",
                          url->lud_filter, mail);
}

/* -- the answer ------------------------------------------------------------------------------ */

/* A certificate, or a signed message that carries some. */
static void
add_value (Search *search, const struct berval *value)
{
  g_autoptr (GBytes) bytes = g_bytes_new (value->bv_val, value->bv_len);
  g_autoptr (GPtrArray) ders = ll_certificate_read_all (bytes);

  for (guint i = 0; i < ders->len; i++)
    {
      GBytes *der = g_ptr_array_index (ders, i);

      if (search->size + g_bytes_get_size (der) > FOUND_MAX)
        return;
      search->size += g_bytes_get_size (der);
      search->found++;
      g_variant_builder_add_value (&search->certificates,
                                   g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, der, TRUE));
    }
}

static void
add_entries (Search *search, LDAP *ldap, LDAPMessage *result)
{
  static const char *const attributes[]
      = { "userCertificate;binary", "userSMIMECertificate;binary", "userSMIMECertificate" };

  for (LDAPMessage *entry = ldap_first_entry (ldap, result); entry != NULL;
       entry = ldap_next_entry (ldap, entry))
    for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
      {
        struct berval **values = ldap_get_values_len (ldap, entry, attributes[i]);

        for (int v = 0; values != NULL && values[v] != NULL; v++)
          add_value (search, values[v]);
        ldap_value_free_len (values);
      }
}

/* -- one directory --------------------------------------------------------------------------- */

static int
set_up (LDAP *ldap, const Search *search, const struct timeval *patience)
{
  int version = LDAP_VERSION3;
  int demand = LDAP_OPT_X_TLS_DEMAND;
  int never = 0;
  int rc = ldap_set_option (ldap, LDAP_OPT_PROTOCOL_VERSION, &version);

  if (rc == LDAP_SUCCESS)
    rc = ldap_set_option (ldap, LDAP_OPT_NETWORK_TIMEOUT, patience);
  if (rc == LDAP_SUCCESS)
    rc = ldap_set_option (ldap, LDAP_OPT_TIMEOUT, patience);
  if (rc == LDAP_SUCCESS)
    rc = ldap_set_option (ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  if (rc == LDAP_SUCCESS)
    rc = ldap_set_option (ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  if (rc == LDAP_SUCCESS)
    rc = ldap_set_option (ldap, LDAP_OPT_X_TLS_CACERTFILE, search->roots);
  if (rc == LDAP_SUCCESS)
    rc = ldap_set_option (ldap, LDAP_OPT_X_TLS_NEWCTX, &never);
  return rc;
}

static int
bind_to (LDAP *ldap, const LDAPURLDesc *url)
{
  struct berval nobody = { 0, NULL };
  int rc
      = strcmp (url->lud_scheme, "ldaps") == 0 ? LDAP_SUCCESS : ldap_start_tls_s (ldap, NULL, NULL);

  if (rc != LDAP_SUCCESS)
    return rc;
  return ldap_sasl_bind_s (ldap, NULL, LDAP_SASL_SIMPLE, &nobody, NULL, NULL, NULL);
}

static int
search_one (Search *search, LDAP *ldap, const LDAPURLDesc *url, struct timeval *patience)
{
  static char *attributes[]
      = { (char *) "userCertificate;binary", (char *) "userSMIMECertificate;binary",
          (char *) "userSMIMECertificate", NULL };
  g_autofree char *filter = filter_of (url, search->address);
  /* a URL without a scope means its base alone (RFC 4516 2.), where no person is */
  int scope = url->lud_scope == LDAP_SCOPE_ONELEVEL ? LDAP_SCOPE_ONELEVEL : LDAP_SCOPE_SUBTREE;
  LDAPMessage *result = NULL;
  int rc = ldap_search_ext_s (ldap, url->lud_dn != NULL ? url->lud_dn : "", scope, filter,
                              attributes, 0, NULL, NULL, patience, ENTRIES_MAX, &result);

  if (result != NULL)
    add_entries (search, ldap, result);
  ldap_msgfree (result);
  /* whoever is there more often than that is found all the same; no such entry is an answer */
  return rc == LDAP_SIZELIMIT_EXCEEDED || rc == LDAP_NO_SUCH_OBJECT ? LDAP_SUCCESS : rc;
}

/* NULL: it was asked; else why not (transfer full). */
static char *
ask (Search *search, const char *text, guint milliseconds)
{
  struct timeval patience
      = { (time_t) (milliseconds / 1000), (suseconds_t) (milliseconds % 1000) * 1000 };
  LDAPURLDesc *url = NULL;
  g_autofree char *server = NULL;
  char *trouble = NULL;
  LDAP *ldap = NULL;
  int rc;

  if (ldap_url_parse (text, &url) != LDAP_URL_SUCCESS || url->lud_host == NULL)
    {
      ldap_free_urldesc (url);
      return g_strdup_printf ("\"%s\" names no directory", text);
    }
  server = g_strdup_printf ("%s://%s:%d", url->lud_scheme, url->lud_host, url->lud_port);
  rc = ldap_initialize (&ldap, server);
  if (rc == LDAP_SUCCESS)
    rc = set_up (ldap, search, &patience);
  if (rc == LDAP_SUCCESS)
    rc = bind_to (ldap, url);
  if (rc == LDAP_SUCCESS)
    rc = search_one (search, ldap, url, &patience);
  if (rc != LDAP_SUCCESS)
    trouble = g_strdup_printf ("%s: %s", url->lud_host, ldap_err2string (rc));
  if (ldap != NULL)
    ldap_unbind_ext_s (ldap, NULL, NULL);
  ldap_free_urldesc (url);
  return trouble;
}

/* -- the verb -------------------------------------------------------------------------------- */

/* The library takes one file, so the office's own roots are put behind the system's in memory. An
 * open file; -1: cannot be made. */
static int
roots_with (const char *ca_file)
{
  static const char newline[] = "\n";
  const char *files[] = { SYSTEM_ROOTS, ca_file };
  int fd = memfd_create ("roots", MFD_CLOEXEC);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = NULL;
      gsize length;

      if (g_file_get_contents (files[i], &text, &length, NULL)
          && (write (fd, text, length) < 0 || write (fd, newline, 1) < 0))
        break; /* what is missing makes a directory untrusted, no more */
    }
  return fd;
}

static GVariant *
finish (Search *search)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "certificates",
                               g_variant_builder_end (&search->certificates));
  return g_variant_dict_end (&dict);
}

GVariant *
worker_ldap (GVariant *arguments, const int *fds, guint n_fds, GError **error)
{
  Search search = { .milliseconds = 0 };
  g_autofree char *ca_file = NULL;
  g_autofree char *roots = NULL;
  g_autofree char *trouble = NULL;
  g_auto (GStrv) urls = NULL;
  LL_AUTO_FD fd = -1;

  if (!g_variant_lookup (arguments, "address", "&s", &search.address)
      || !g_variant_lookup (arguments, "urls", "^as", &urls)
      || !g_variant_lookup (arguments, "milliseconds", "u", &search.milliseconds))
    {
      g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED,
                           "no directory was given");
      return NULL;
    }
  g_variant_lookup (arguments, "ca-file", "s", &ca_file);
  fd = ca_file != NULL ? roots_with (ca_file) : -1;
  roots = fd >= 0 ? g_strdup_printf ("/proc/self/fd/%d", fd) : g_strdup (SYSTEM_ROOTS);
  search.roots = roots;
  g_variant_builder_init (&search.certificates, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; urls[i] != NULL; i++)
    {
      char *why = ask (&search, urls[i], search.milliseconds / (g_strv_length (urls) + 1));

      if (trouble == NULL)
        trouble = why;
      else
        g_free (why);
    }
  if (trouble == NULL || search.found > 0)
    return finish (&search);
  g_variant_builder_clear (&search.certificates);
  g_set_error_literal (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED, trouble);
  return NULL;
}
