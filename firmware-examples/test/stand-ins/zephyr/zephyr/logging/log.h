#pragma once
#include <stdio.h>
#define LOG_LEVEL_INF 3
#define LOG_MODULE_REGISTER(name, level) extern int name##_logs_at_##level
#define LOG_WRN(...) (printf(__VA_ARGS__), puts(""))
