/*
 * overdue_socket.h: the connection under overdue.h by BSD sockets, as POSIX, lwIP (ESP-IDF) and Zephyr have them. The
 * `link` of both functions is a pointer to the socket's number.
 */
#ifndef OVERDUE_SOCKET_H
#define OVERDUE_SOCKET_H

#include "overdue.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Where it is missing, SIGPIPE has to be ignored or does not exist. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* The socket's number, or -1. No call on it waits longer than `seconds`. */
static int overdue_socket_open(const char *host, const char *port, int seconds)
{
    struct timeval limit = {0, 0};
    struct addrinfo hints, *found, *address;
    int link = -1;
    limit.tv_sec = seconds;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    for (address = found; address != NULL && link < 0; address = address->ai_next) {
        link = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        if (link < 0)
            continue;
        setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(link, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (connect(link, address->ai_addr, address->ai_addrlen) != 0) {
            close(link);
            link = -1;
        }
    }
    freeaddrinfo(found);
    return link;
}

static int overdue_socket_transmit(void *link, const uint8_t *bytes, int length)
{
    return (int)send(*(const int *)link, bytes, (size_t)length, MSG_NOSIGNAL);
}

static int overdue_socket_receive(void *link)
{
    uint8_t byte;
    int got = (int)recv(*(const int *)link, &byte, 1, 0);
    if (got == 1)
        return byte;
    return got == 0 ? OVERDUE_CLOSED : OVERDUE_TIMEOUT;
}

#endif /* OVERDUE_SOCKET_H */
