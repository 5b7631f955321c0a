/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A certificate authority, as Letterlock makes one, for tests that let somebody trust it. */
static const char authority[] = "-----BEGIN CERTIFICATE-----\n"
                                "MIIBmDCCAT2gAwIBAgIUWD5P9sym/b7zObVUfnPU7RRLoKYwCgYIKoZIzj0EAwIw\n"
                                "IDEeMBwGA1UEAwwVTGV0dGVybG9jayBmb3IgYSB0ZXN0MCAXDTI2MTEyMzAzMDI0\n"
                                "OVoYDzIxMjYxMDMwMDMwMjQ5WjAgMR4wHAYDVQQDDBVMZXR0ZXJsb2NrIGZvciBh\n"
                                "IHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQkeieuQmoxDzOOZ/UUWsu0\n"
                                "Lqse7FC/7b9/UxI53KGdjFRrZV/JsOUJSlOXwrru1YCkwa0DmTBxm9ebCnSyeBse\n"
                                "o1MwUTAdBgNVHQ4EFgQUteHObjJgIq4QERf6qhAoB8B9OsUwHwYDVR0jBBgwFoAU\n"
                                "teHObjJgIq4QERf6qhAoB8B9OsUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD\n"
                                "AgNJADBGAiEA44uAnUBNl5BwNRQwC/0vqfHQFfDd65ECThuThRz3IHwCIQDVfnOP\n"
                                "D8YsWFvWUY03fbDqrXKgjGOeln/cmSKlabBvhg==\n"
                                "-----END CERTIFICATE-----\n";
