#pragma once
#include <arpa/inet.h>
#define FreeRTOS_htons(value) htons(value)
typedef union { uint32_t ulIP_IPv4; uint8_t ucBytes[16]; } IP_Address_t;
