/* FreeRTOS+TCP 4 over POSIX: errors are numbers below 0, 0 of recv is a timeout. */
#pragma once
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

typedef struct { int number; } *Socket_t;
#define FREERTOS_INVALID_SOCKET ((Socket_t)~(size_t)0)
#define FREERTOS_AF_INET 2
#define FREERTOS_SOCK_STREAM 1
#define FREERTOS_IPPROTO_TCP 6
#define FREERTOS_SO_RCVTIMEO 0
#define FREERTOS_SO_SNDTIMEO 1
#define FREERTOS_SHUT_RDWR 2

struct freertos_sockaddr {
    uint8_t sin_len, sin_family;
    uint16_t sin_port;
    uint32_t sin_flowinfo;
    IP_Address_t sin_address;
};

static inline Socket_t FreeRTOS_socket(BaseType_t domain, BaseType_t type, BaseType_t protocol)
{
    Socket_t made = malloc(sizeof *made);
    (void)protocol;
    made->number = socket((int)domain, (int)type, 0);
    return made;
}
static inline BaseType_t FreeRTOS_setsockopt(Socket_t of, int32_t level, int32_t option, const void *value, size_t size)
{
    TickType_t ticks = *(const TickType_t *)value;
    struct timeval time = {ticks / 1000, 0};
    (void)level, (void)size;
    return setsockopt(of->number, SOL_SOCKET, option == FREERTOS_SO_RCVTIMEO ? SO_RCVTIMEO : SO_SNDTIMEO, &time, sizeof time);
}
static inline BaseType_t FreeRTOS_connect(Socket_t to, const struct freertos_sockaddr *address, size_t size)
{
    struct sockaddr_in real = {.sin_family = AF_INET, .sin_port = address->sin_port};
    (void)size;
    real.sin_addr.s_addr = address->sin_address.ulIP_IPv4;
    return connect(to->number, (struct sockaddr *)&real, sizeof real);
}
static inline BaseType_t FreeRTOS_send(Socket_t to, const void *bytes, size_t length, BaseType_t flags)
{
    return (void)flags, send(to->number, bytes, length, MSG_NOSIGNAL);
}
static inline BaseType_t FreeRTOS_recv(Socket_t from, void *bytes, size_t length, BaseType_t flags)
{
    BaseType_t got = recv(from->number, bytes, length, 0);
    (void)flags;
    return got > 0 ? got : got == 0 ? -128 : 0;
}
static inline BaseType_t FreeRTOS_shutdown(Socket_t of, BaseType_t how) { return shutdown(of->number, (int)how); }
static inline BaseType_t FreeRTOS_closesocket(Socket_t of)
{
    close(of->number);
    free(of);
    return 1;
}
