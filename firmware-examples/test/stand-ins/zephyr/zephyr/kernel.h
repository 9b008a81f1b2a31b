/* Stands in for Zephyr on a PC, as far as the sample needs it: settings are forgotten. */
#pragma once
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

typedef struct { int64_t milliseconds; } k_timeout_t;
#define K_MSEC(value) ((k_timeout_t){value})
#define K_SECONDS(value) K_MSEC((value) * 1000)
static inline int32_t k_sleep(k_timeout_t timeout)
{
    struct timespec time = {timeout.milliseconds / 1000, (long)(timeout.milliseconds % 1000) * 1000000};
    return nanosleep(&time, NULL);
}
