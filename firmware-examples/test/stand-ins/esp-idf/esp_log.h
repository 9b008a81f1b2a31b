#pragma once
#include <stdio.h>
#define ESP_LOGW(tag, ...) (printf("%s: ", tag), printf(__VA_ARGS__), puts(""))
