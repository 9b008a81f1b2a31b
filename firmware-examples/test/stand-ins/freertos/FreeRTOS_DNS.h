#pragma once
#include <arpa/inet.h>
static inline uint32_t FreeRTOS_gethostbyname(const char *host) { return (void)host, htonl(0x7f000001); }
