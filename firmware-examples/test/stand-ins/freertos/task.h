#pragma once
#include <unistd.h>
static inline void vTaskDelay(TickType_t ticks) { usleep(ticks * 1000); }
