/*
 * mongouri - which database the user means
 *
 * A URI stands in a command only when there is no password in it, as everybody
 * on the machine can see commands; else in the file that TW_URI_FILE names.
 */
#ifndef TW_REMOTE_MONGOURI_H
#define TW_REMOTE_MONGOURI_H

#include "remote/mongo.h"

/*
 * Find the URI: `option` is the value of --uri; NULL or `-` is the file that
 * TW_URI_FILE names.
 *
 * Returns it, as mongo_uri_new() does; NULL with `why`.
 */
struct mongo_uri *mongouri_choose(
    const char *option, struct errmsg *why) MUST_USE;

#endif
