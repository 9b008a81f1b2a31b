/*
 * overdue_freertos.h: the connection under overdue.h by FreeRTOS+TCP, version 4. The `link` of both functions is the
 * Socket_t itself.
 */
#ifndef OVERDUE_FREERTOS_H
#define OVERDUE_FREERTOS_H

#include "overdue.h"

#include "FreeRTOS.h"
#include "FreeRTOS_DNS.h"
#include "FreeRTOS_IP.h"
#include "FreeRTOS_Sockets.h"

/* NULL: no connection. No call on it waits longer than `seconds`. */
static Socket_t overdue_freertos_open(const char *host, uint16_t port, uint32_t seconds)
{
    struct freertos_sockaddr address = {0};
    TickType_t limit = pdMS_TO_TICKS(seconds * 1000u);
    Socket_t link;
    address.sin_family = FREERTOS_AF_INET;
    address.sin_port = FreeRTOS_htons(port);
    address.sin_address.ulIP_IPv4 = FreeRTOS_gethostbyname(host);
    if (address.sin_address.ulIP_IPv4 == 0)
        return NULL;
    link = FreeRTOS_socket(FREERTOS_AF_INET, FREERTOS_SOCK_STREAM, FREERTOS_IPPROTO_TCP);
    if (link == FREERTOS_INVALID_SOCKET)
        return NULL;
    FreeRTOS_setsockopt(link, 0, FREERTOS_SO_RCVTIMEO, &limit, sizeof limit);
    FreeRTOS_setsockopt(link, 0, FREERTOS_SO_SNDTIMEO, &limit, sizeof limit);
    if (FreeRTOS_connect(link, &address, sizeof address) == 0)
        return link;
    FreeRTOS_closesocket(link);
    return NULL;
}

/*
 * Lets what was sent arrive, a DISCONNECT above all, then ends the connection: after the shutdown, receiving fails as soon
 * as the other side has closed too.
 */
static void overdue_freertos_close(Socket_t link)
{
    uint8_t rest;
    FreeRTOS_shutdown(link, FREERTOS_SHUT_RDWR);
    while (FreeRTOS_recv(link, &rest, 1, 0) > 0)
        continue;
    FreeRTOS_closesocket(link);
}

static int overdue_freertos_transmit(void *link, const uint8_t *bytes, int length)
{
    return (int)FreeRTOS_send((Socket_t)link, bytes, (size_t)length, 0);
}

static int overdue_freertos_receive(void *link)
{
    uint8_t byte;
    BaseType_t got = FreeRTOS_recv((Socket_t)link, &byte, 1, 0);
    if (got == 1)
        return byte;
    /* Other than with POSIX, 0 is a timeout. */
    return got == 0 ? OVERDUE_TIMEOUT : OVERDUE_CLOSED;
}

#endif /* OVERDUE_FREERTOS_H */
