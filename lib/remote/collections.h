/*
 * collections - chatLogs and chatStats, as they have to be
 *
 * What tw-load makes where nothing is there, and what it holds that which is
 * against: kinds, options and indexes of section 4 of the definitions.
 */
#ifndef TW_REMOTE_COLLECTIONS_H
#define TW_REMOTE_COLLECTIONS_H

#include "remote/mongo.h"

#define COLLECTION_LOGS  "chatLogs"
#define COLLECTION_STATS "chatStats"

/*
 * See to it that the time series collection chatLogs of `db` is there, with its
 * index; `retention_s` is how long its events are kept, in seconds, 0 = not asked
 * for. With `only_look` nothing is made, and it may be missing.
 *
 * Returns false with `why`; MONGO_REFUSED when it is there and is another.
 */
bool collections_logs(struct mongo *m, const char *db, int64_t retention_s,
    bool only_look, struct mongo_error *why) MUST_USE;

/*
 * The same for chatStats, a plain collection, which the server makes with its index.
 */
bool collections_stats(struct mongo *m, const char *db, bool only_look,
    struct mongo_error *why) MUST_USE;

#endif
