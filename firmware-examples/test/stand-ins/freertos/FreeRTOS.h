/* Stands in for FreeRTOS on a PC, as far as the task needs it. */
#pragma once
#include <stddef.h>
#include <stdint.h>
typedef long BaseType_t;
typedef uint32_t TickType_t;
#define pdMS_TO_TICKS(milliseconds) ((TickType_t)(milliseconds))
