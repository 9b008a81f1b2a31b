/* Stands in for ESP-IDF on a PC, as far as the component needs it: NVS forgets, the task is the program. */
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_ERR_NO_MEM 0x101
#define ESP_ERROR_CHECK(call) ((call) == ESP_OK ? (void)0 : abort())
