/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/json.h"

/* What --json prints. Fields are only ever added; letterlock(1) explains each. */

#define VALUE(name)                                                                                \
  {                                                                                                \
    name, LL_FIELD_VALUE, NULL                                                                     \
  }
#define OBJECT(name, fields)                                                                       \
  {                                                                                                \
    name, LL_FIELD_OBJECT, fields                                                                  \
  }
#define LIST(name, fields)                                                                         \
  {                                                                                                \
    name, LL_FIELD_LIST, fields                                                                    \
  }
#define END                                                                                        \
  {                                                                                                \
    NULL, LL_FIELD_VALUE, NULL                                                                     \
  }

static const LlField listener[]
    = { VALUE ("address"), VALUE ("port"), VALUE ("tls"), VALUE ("foreign"), END };

const LlField ll_schema_status[] = {
  VALUE ("state"),
  VALUE ("paused"),
  VALUE ("paused_until"),
  VALUE ("network"),
  VALUE ("network_reason"),
  VALUE ("dns"),
  VALUE ("keyring"),
  VALUE ("held"),
  VALUE ("waiting"),
  VALUE ("queued"),
  VALUE ("uncertain"),
  VALUE ("accounts"),
  LIST ("listeners", listener),
  VALUE ("version"),
  LIST ("sign_in", NULL),
  VALUE ("unsent"),
  VALUE ("leaving"),
  VALUE ("metered"),
  VALUE ("sent_told"),
  VALUE ("subjects"),
  END,
};

static const LlField mta_sts[]
    = { VALUE ("mode"), VALUE ("id"), VALUE ("expires"), VALUE ("code"), VALUE ("reason"), END };

static const LlField milliseconds[] = { VALUE ("dns"),      VALUE ("connect"), VALUE ("greeting"),
                                        VALUE ("starttls"), VALUE ("tls"),     END };

static const LlField host[] = {
  VALUE ("name"),
  VALUE ("preference"),
  LIST ("addresses", NULL),
  VALUE ("evidence"),
  VALUE ("why"),
  VALUE ("reason"),
  VALUE ("code"),
  VALUE ("protocol"),
  VALUE ("cipher"),
  VALUE ("bits"),
  VALUE ("certificate"),
  VALUE ("dane"),
  VALUE ("requiretls"),
  OBJECT ("milliseconds", milliseconds),
  END,
};

#define CHECK_FIELDS                                                                               \
  VALUE ("evidence"), VALUE ("source"), VALUE ("why"), VALUE ("reason"), VALUE ("code"),           \
      VALUE ("seen"), VALUE ("total"), OBJECT ("mta_sts", mta_sts), LIST ("hosts", host)

const LlField ll_schema_check[] = { VALUE ("domain"), VALUE ("address"), CHECK_FIELDS, END };

const LlField ll_schema_key[] = {
  VALUE ("method"),
  VALUE ("fingerprint"),
  VALUE ("user_id"),
  LIST ("addresses", NULL),
  VALUE ("source"),
  VALUE ("trust"),
  VALUE ("use"),
  VALUE ("reason"),
  VALUE ("defect"),
  VALUE ("found"),
  VALUE ("created"),
  VALUE ("expires"),
  VALUE ("bits"),
  VALUE ("algorithm"),
  VALUE ("issuer"),
  VALUE ("note"),
  END,
};

const LlField ll_schema_check_address[] = { VALUE ("domain"),       VALUE ("address"),
                                            CHECK_FIELDS,           LIST ("locks", ll_schema_key),
                                            VALUE ("locks_reason"), END };

static const LlField lock[] = { VALUE ("method"),
                                VALUE ("fingerprint"),
                                VALUE ("user_id"),
                                VALUE ("source"),
                                VALUE ("trust"),
                                VALUE ("note"),
                                END };

const LlField ll_schema_preview[] = {
  VALUE ("address"),
  VALUE ("decision"),
  VALUE ("method"),
  VALUE ("reason"),
  VALUE ("code"),
  VALUE ("evidence"),
  VALUE ("source"),
  VALUE ("bound"),
  VALUE ("confidence"),
  VALUE ("rule"),
  LIST ("offers", NULL),
  OBJECT ("lock", lock),
  END,
};

static const LlField proof[] = {
  VALUE ("mx"),
  VALUE ("protocol"),
  VALUE ("cipher"),
  VALUE ("key"),
  VALUE ("fingerprint"),
  VALUE ("issuer"),
  VALUE ("tlsa"),
  VALUE ("policy"),
  VALUE ("reply"),
  VALUE ("network"),
  VALUE ("dns"),
  VALUE ("time"),
  END,
};

static const LlField recipient[] = {
  VALUE ("address"),     VALUE ("domain"),          VALUE ("method"),
  VALUE ("evidence"),    VALUE ("source"),          VALUE ("bound"),
  VALUE ("confidence"),  VALUE ("state"),           VALUE ("reason"),
  VALUE ("code"),        OBJECT ("proof", proof),   VALUE ("overridden"),
  VALUE ("next_try"),    VALUE ("reply"),           LIST ("also", NULL),
  LIST ("offers", NULL), VALUE ("may_send_anyway"), END,
};

static const LlField event[] = { VALUE ("time"), VALUE ("event"), VALUE ("text"), END };

#define LETTER_FIELDS                                                                              \
  VALUE ("id"), VALUE ("time"), VALUE ("account"), VALUE ("from"), VALUE ("message_id"),           \
      VALUE ("state"), LIST ("recipients", recipient), VALUE ("warning")

const LlField ll_schema_letter[] = { LETTER_FIELDS, VALUE ("subject"), END };
const LlField ll_schema_letter_with_events[]
    = { LETTER_FIELDS, LIST ("events", event), VALUE ("original_until"), VALUE ("subject"), END };

const LlField ll_schema_access[] = { VALUE ("account"),
                                     VALUE ("username"),
                                     VALUE ("password"),
                                     LIST ("hosts", NULL),
                                     LIST ("ports", NULL),
                                     LIST ("tls_ports", NULL),
                                     END };

static const LlField found_server[]
    = { VALUE ("upstream"),  VALUE ("security"),     VALUE ("auth"),
        VALUE ("username"),  VALUE ("source"),       VALUE ("proven"),
        VALUE ("oauth2"),    VALUE ("app_password"), VALUE ("authorization_url"),
        VALUE ("token_url"), VALUE ("scope"),        VALUE ("received_at"),
        VALUE ("receiver"),  VALUE ("listed"),       END };

const LlField ll_schema_found[]
    = { VALUE ("address"), LIST ("servers", found_server), VALUE ("reason"), END };

const LlField ll_schema_setup[]
    = { VALUE ("profile"), VALUE ("server"),  LIST ("addresses", NULL), VALUE ("upstream"),
        VALUE ("port"),    VALUE ("account"), VALUE ("username"),       END };

const LlField ll_schema_values[] = { VALUE ("account"),
                                     VALUE ("server"),
                                     VALUE ("port"),
                                     VALUE ("security"),
                                     VALUE ("username"),
                                     VALUE ("password"),
                                     END };

static const LlField onward_letter[] = { VALUE ("address"),
                                         VALUE ("sent"),
                                         VALUE ("evidence"),
                                         VALUE ("requiretls"),
                                         VALUE ("outcome"),
                                         VALUE ("detail"),
                                         END };
static const LlField measured[] = { VALUE ("requiretls"),
                                    VALUE ("declared"),
                                    VALUE ("open"),
                                    VALUE ("time"),
                                    VALUE ("until"),
                                    LIST ("letters", onward_letter),
                                    END };

static const LlField own_certificate[]
    = { VALUE ("user_id"),   VALUE ("fingerprint"), LIST ("addresses", NULL), VALUE ("issuer"),
        VALUE ("algorithm"), VALUE ("created"),     VALUE ("expires"),        END };

const LlField ll_schema_account[] = {
  VALUE ("account"),
  LIST ("addresses", NULL),
  VALUE ("login"),
  VALUE ("upstream"),
  VALUE ("security"),
  VALUE ("auth"),
  VALUE ("username"),
  VALUE ("preset"),
  VALUE ("mode"),
  VALUE ("minimum"),
  VALUE ("unknown"),
  LIST ("fallback", NULL),
  LIST ("honours", NULL),
  VALUE ("declared"),
  LIST ("declared_domains", NULL),
  LIST ("internal", NULL),
  VALUE ("imap"),
  VALUE ("password_stored"),
  VALUE ("rate"),
  VALUE ("sign"),
  VALUE ("password_command"),
  VALUE ("certificate"),
  VALUE ("ca_file"),
  LIST ("pins", NULL),
  VALUE ("declared_when"),
  OBJECT ("measured", measured),
  OBJECT ("own_certificate", own_certificate),
  VALUE ("oauth2"),
  VALUE ("client_id"),
  VALUE ("tenant"),
  VALUE ("authorization_url"),
  VALUE ("token_url"),
  VALUE ("device_url"),
  VALUE ("scope"),
  VALUE ("sign_in"),
  VALUE ("sign_in_reason"),
  END,
};

const LlField ll_schema_login[] = {
  VALUE ("account"),        VALUE ("url"), VALUE ("code"), VALUE ("sign_in"),
  VALUE ("sign_in_reason"), END,
};

static const LlField step[] = { VALUE ("step"), VALUE ("ok"), VALUE ("detail"), END };

const LlField ll_schema_test[] = { VALUE ("account"),
                                   VALUE ("ok"),
                                   VALUE ("reason"),
                                   LIST ("steps", step),
                                   OBJECT ("measured", measured),
                                   END };

const LlField ll_schema_rule[] = {
  VALUE ("number"),        LIST ("to", NULL),
  VALUE ("account"),       VALUE ("tag"),
  LIST ("kinds", NULL),    VALUE ("mode"),
  VALUE ("minimum"),       VALUE ("unknown"),
  LIST ("fallback", NULL), VALUE ("requiretls"),
  VALUE ("expires"),       VALUE ("note"),
  VALUE ("expired"),       END,
};

const LlField ll_schema_override[] = { VALUE ("domain"), VALUE ("reason"), VALUE ("since"),
                                       VALUE ("until"),  VALUE ("active"), END };

const LlField ll_schema_contact[] = { VALUE ("address"), VALUE ("method"), VALUE ("subject"), END };

const LlField ll_schema_option[] = { VALUE ("key"),
                                     VALUE ("value"),
                                     VALUE ("default"),
                                     VALUE ("valid"),
                                     VALUE ("doc"),
                                     VALUE ("locked"),
                                     END };

const LlField ll_schema_provider[] = { VALUE ("name"),
                                       LIST ("honours", NULL),
                                       VALUE ("date"),
                                       VALUE ("source"),
                                       VALUE ("evidence"),
                                       LIST ("seen", NULL),
                                       VALUE ("domains"),
                                       VALUE ("rate"),
                                       VALUE ("oauth2"),
                                       VALUE ("app_password"),
                                       END };

static const LlField finding[]
    = { VALUE ("finding"), VALUE ("record"), VALUE ("dnssec"), VALUE ("reason"), END };
static const LlField dkim_key[] = { VALUE ("selector"), VALUE ("finding"), VALUE ("record"),
                                    VALUE ("dnssec"),   VALUE ("reason"),  END };
static const LlField dkim[] = { VALUE ("finding"), VALUE ("reason"), LIST ("keys", dkim_key), END };
static const LlField inbound[] = { VALUE ("domain"), CHECK_FIELDS, END };

const LlField ll_schema_sender[] = { VALUE ("domain"),
                                     OBJECT ("spf", finding),
                                     OBJECT ("dkim", dkim),
                                     OBJECT ("dmarc", finding),
                                     OBJECT ("inbound", inbound),
                                     VALUE ("warning"),
                                     END };

const LlField ll_schema_doctor[]
    = { VALUE ("check"), VALUE ("ok"), VALUE ("reason"), VALUE ("remedy"), END };

static const LlField refused[]
    = { VALUE ("address"), VALUE ("code"), VALUE ("enhanced"), VALUE ("text"), END };

const LlField ll_schema_submission[]
    = { VALUE ("code"), VALUE ("enhanced"), VALUE ("text"), LIST ("refused", refused), END };
