/*
 * overdue.h: heartbeats over MQTT 3.1.1, for whatever can open a TCP connection.
 *
 * One header in C99. No allocation, no libc, no clock, no static memory: the caller brings a buffer and two functions
 * that move bytes, and all that is remembered is in `struct overdue`. Below 1,024 bytes of code on a Cortex-M0.
 *
 * In one source file, and without its first line in the others:
 *
 *     #define OVERDUE_IMPLEMENTATION
 *     #include "overdue.h"
 *
 * Then, on a connection that is open:
 *
 *     uint8_t buffer[128];
 *     struct overdue pump = {
 *         .transmit = my_transmit, .receive = my_receive, .link = &my_socket,
 *         .buffer = buffer, .size = sizeof buffer,
 *         .device = "pump-17", .key = "mTJb1zHYRUyp2u8iE6Kc0w", .boot = boots, .keep_alive = 60,
 *     };
 *     struct overdue_beat beat = { .seq = ++seq, .more = "\"m\":{\"volts\":3.71}" };
 *     if (overdue_connect(&pump) == OVERDUE_OK && overdue_publish(&pump, &beat, 1) == OVERDUE_OK)
 *         ...                                                   the gateway has it on disk
 *
 * Four rules:
 *
 * 1. After any result but OVERDUE_OK and OVERDUE_TOO_LONG the connection is good for nothing more: close it, open
 *    another and call overdue_connect again. Wait longer after each failure, and not equally long on all devices.
 * 2. A beat that was not acknowledged is published again with its own `seq` and its age by then. The gateway counts it
 *    once.
 * 3. `boot` grows with every start of the device, `seq` with every beat of one start. A device that can't remember how
 *    often it has started leaves `boot` 0, and neither is sent: a pair that was used before would pass for a repetition
 *    and not be counted.
 * 4. Before it sleeps or goes, a device calls overdue_disconnect. Without it, the gateway takes its link for broken.
 */
#ifndef OVERDUE_H
#define OVERDUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first level of all topics. */
#ifndef OVERDUE_ROOT
#define OVERDUE_ROOT "hb"
#endif

enum {
    OVERDUE_OK = 0,
    OVERDUE_CLOSED = -1,    /* the connection has ended */
    OVERDUE_TIMEOUT = -2,   /* no answer for as long as `receive` waits */
    OVERDUE_MALFORMED = -3, /* the other side does not speak MQTT 3.1.1, or does not come to the point */
    OVERDUE_TOO_LONG = -4   /* the packet does not fit into the buffer; nothing was sent, the connection is as it was */
};

/* A device and its connection. Nothing is copied: what the pointers lead to has to stay. */
struct overdue {
    /* Sends some of `length` bytes, at least one, and returns how many. Less than one: the connection has ended. */
    int (*transmit)(void *link, const uint8_t *bytes, int length);
    /*
     * Returns the next byte, 0 to 255; or OVERDUE_TIMEOUT when none comes for as long as an answer may take (10 s suits
     * most networks), or OVERDUE_CLOSED. An answer is four bytes long, so little is lost by asking for one at a time.
     */
    int (*receive)(void *link);
    void *link;          /* handed to both */
    uint8_t *buffer;     /* packets are written here before they are sent; between calls it is free */
    uint16_t size;       /* in bytes; 128 do for a device of 16 characters and 24 bytes of `more`; 16,386 at most */
    uint16_t keep_alive; /* seconds within which the device sends something, a ping if nothing else; 0: no promise */
    const char *device;  /* client id, user name, first level of the name: letters, digits, - and _, at most 63 */
    const char *key;     /* the secret key of the heartbeat, or NULL where the gateway is open */
    uint32_t boot;       /* how often the device has started, from 1 on; 0: it does not know */

    /* From here on it is the header's own; zero at first. */
    uint16_t at; /* end of what was written to the buffer */
    uint16_t id; /* of the last packet that wants an acknowledgement */
    int error;   /* what went wrong first in this call */
};

/* One signal. Zero and NULL say nothing. */
struct overdue_beat {
    const char *part;  /* second level of the name: "battery" is pump-17/battery; NULL: the device itself */
    const char *event; /* "start", "fail", "log", "bye", an exit code from "0" to "255"; NULL: ok */
    const char *more;  /* more members of the JSON payload: "\"m\":{\"volts\":3.71},\"msg\":\"door open\"" */
    uint32_t seq;      /* its number since the device started, from 1 on */
    uint32_t age;      /* seconds since it was true; any clock that only has to run will do */
    uint32_t next;     /* seconds until the next one is to be expected: with "bye" before a sleep, or with an ok */
};

/*
 * Greets the gateway, first on every connection, and leaves a will: if the link breaks, `hb/<device>/will` is heard.
 * Returns OVERDUE_OK, an error from above, or the gateway's refusal, which is above 0: 4 and 5 the key is not one of
 * this device; 3 not now; 1 and 2 it has something against the protocol or the client id.
 */
int overdue_connect(struct overdue *o);

/*
 * Publishes a beat. With `qos` 0 OVERDUE_OK means that it left the device. With 1 the gateway has it on disk; or nobody
 * declared a heartbeat of this name, for which MQTT 3.1.1 has no word: it is acknowledged and listed as a new arrival.
 */
int overdue_publish(struct overdue *o, const struct overdue_beat *beat, int qos);

/* Keeps the connection alive and finds out whether it still is. It is no beat. */
int overdue_ping(struct overdue *o);

/* Takes leave, which takes the will back. Closing the connection is the caller's. */
int overdue_disconnect(struct overdue *o);

#ifdef OVERDUE_IMPLEMENTATION

enum {
    /* The first byte of what is sent. */
    OVERDUE__CONNECT = 0x10,
    OVERDUE__PUBLISH = 0x30,
    OVERDUE__PUBLISH_QOS_1 = 0x32,
    OVERDUE__PINGREQ = 0xc0,
    OVERDUE__DISCONNECT = 0xe0,

    /* Version 4, which is 3.1.1, and a clean session that leaves a will of QoS 1, not retained. */
    OVERDUE__SESSION = 0x040e,
    OVERDUE__USER_AND_PASSWORD = 0x00c0,

    /* Before the body there is room for the first byte and a length of up to two. */
    OVERDUE__BODY = 3,
    OVERDUE__LONGEST = 0x3fff,

    /* Packets that are no answer. A device that subscribed to nothing gets few. */
    OVERDUE__MOST_SKIPPED = 8
};

/* Answers, as the numbers that their bytes are; the lower half is flags and return code, the id, nothing. */
#define OVERDUE__CONNACK 0x20020000ul
#define OVERDUE__PUBACK 0x40020000ul
#define OVERDUE__PINGRESP 0x0000d000ul

/* What goes wrong first stays in `error` and stops all that follows: only who returns to the caller has to look. */
static void overdue__begin(struct overdue *o)
{
    o->at = OVERDUE__BODY;
    o->error = OVERDUE_OK;
}

static void overdue__put(struct overdue *o, unsigned byte)
{
    if (o->at < o->size)
        o->buffer[o->at++] = (uint8_t)byte;
    else
        o->error = OVERDUE_TOO_LONG;
}

static void overdue__put_short(struct overdue *o, unsigned value)
{
    overdue__put(o, value >> 8);
    overdue__put(o, value);
}

static void overdue__put_text(struct overdue *o, const char *text)
{
    while (*text != '\0')
        overdue__put(o, (unsigned char)*text++);
}

static void overdue__put_level(struct overdue *o, const char *level)
{
    if (level == NULL)
        return;
    overdue__put(o, '/');
    overdue__put_text(o, level);
}

/* Divides by shifting (divu10 of Hacker's Delight): small cores can't divide, and what does it for them is larger. */
static void overdue__put_number(struct overdue *o, const char *key, uint32_t number)
{
    char digits[11];
    char *first = digits + 10;
    *first = '\0';
    do {
        uint32_t tenth = (number >> 1) + (number >> 2);
        tenth += tenth >> 4;
        tenth += tenth >> 8;
        tenth += tenth >> 16;
        tenth >>= 3;
        number -= tenth * 10;
        if (number > 9) { /* the quotient may be one too small */
            number -= 10;
            tenth++;
        }
        *--first = (char)('0' + number);
        number = tenth;
    } while (number != 0);
    overdue__put_text(o, key);
    overdue__put_text(o, first);
}

/* A string has its length before it: `open` leaves room for that, `close` fills it in. */
static unsigned overdue__open(struct overdue *o)
{
    overdue__put_short(o, 0);
    return o->at;
}

static void overdue__close(struct overdue *o, unsigned from)
{
    unsigned end = o->at;
    o->at = (uint16_t)(from - 2);
    overdue__put_short(o, end - from);
    o->at = (uint16_t)end;
}

static void overdue__put_string(struct overdue *o, const char *text)
{
    unsigned from = overdue__open(o);
    overdue__put_text(o, text);
    overdue__close(o, from);
}

static void overdue__put_topic(struct overdue *o, const char *part, const char *event)
{
    unsigned from = overdue__open(o);
    overdue__put_text(o, OVERDUE_ROOT);
    overdue__put_level(o, o->device);
    overdue__put_level(o, part);
    overdue__put_level(o, event);
    overdue__close(o, from);
}

/* Completes the packet with its first byte and its length, which is as short as it can be, and sends all of it. */
static void overdue__send(struct overdue *o, unsigned first)
{
    int left = (int)o->at - OVERDUE__BODY;
    uint8_t *from = o->buffer;
    if (left > OVERDUE__LONGEST || o->size < OVERDUE__BODY)
        o->error = OVERDUE_TOO_LONG;
    if (o->error != OVERDUE_OK)
        return;
    if (left > 0x7f) {
        from[1] = (uint8_t)(left | 0x80);
        from[2] = (uint8_t)(left >> 7);
        left++;
    } else {
        from++;
        from[1] = (uint8_t)left;
    }
    *from = (uint8_t)first;
    left += 2;
    while (left > 0) {
        int sent = o->transmit(o->link, from, left);
        if (sent <= 0 || sent > left) {
            o->error = OVERDUE_CLOSED;
            return;
        }
        from += sent;
        left -= sent;
    }
}

static unsigned overdue__take(struct overdue *o)
{
    int byte = 0;
    if (o->error == OVERDUE_OK)
        byte = o->receive(o->link);
    if (byte < 0) {
        o->error = byte;
        byte = 0;
    }
    return (uint8_t)byte;
}

/* Reads a packet to its end and gives its bytes as a number; 0 for one that is too long to be an answer. */
static uint32_t overdue__next(struct overdue *o)
{
    uint32_t packet = overdue__take(o);
    unsigned left = overdue__take(o);
    unsigned is_other;
    packet = packet << 8 | left;
    if (left > 0x7f) {
        unsigned more = overdue__take(o);
        left = (left & 0x7f) | more << 7;
        if (more > 0x7f)
            o->error = OVERDUE_MALFORMED;
    }
    is_other = left > 2;
    for (; left > 0; left--)
        packet = packet << 8 | overdue__take(o);
    return is_other ? 0 : packet;
}

/* Sends the packet and waits for its answer, if it has one. Others before it, as PUBACKs of other ids, are skipped. */
static int overdue__ask(struct overdue *o, unsigned first, uint32_t answer)
{
    unsigned packets = 0;
    overdue__send(o, first);
    while (o->error == OVERDUE_OK && answer != 0) {
        if (packets++ > OVERDUE__MOST_SKIPPED)
            o->error = OVERDUE_MALFORMED;
        else if (overdue__next(o) == answer)
            break;
    }
    return o->error;
}

int overdue_connect(struct overdue *o)
{
    unsigned will;
    uint32_t answer;
    overdue__begin(o);
    overdue__put_string(o, "MQTT");
    overdue__put_short(o, OVERDUE__SESSION | (o->key != NULL ? OVERDUE__USER_AND_PASSWORD : 0));
    overdue__put_short(o, o->keep_alive);
    overdue__put_string(o, o->device);
    overdue__put_topic(o, NULL, "will");
    /* So that a will that comes late says nothing about a device that has started again. */
    will = overdue__open(o);
    overdue__put_number(o, "", o->boot);
    overdue__close(o, will);
    if (o->key != NULL) {
        overdue__put_string(o, o->device);
        overdue__put_string(o, o->key);
    }
    overdue__send(o, OVERDUE__CONNECT);
    answer = overdue__next(o);
    if (o->error != OVERDUE_OK)
        return o->error;
    /* Nothing may come before it. */
    return answer >> 16 == OVERDUE__CONNACK >> 16 ? (int)(answer & 0xff) : OVERDUE_MALFORMED;
}

int overdue_publish(struct overdue *o, const struct overdue_beat *beat, int qos)
{
    overdue__begin(o);
    overdue__put_topic(o, beat->part, beat->event);
    if (qos != 0) {
        /* Always odd, and so never 0, which is no id. */
        o->id = (uint16_t)((o->id + 2) | 1);
        overdue__put_short(o, o->id);
    }
    overdue__put_number(o, "{\"age\":", beat->age);
    if (o->boot != 0) {
        overdue__put_number(o, ",\"boot\":", o->boot);
        overdue__put_number(o, ",\"seq\":", beat->seq);
    }
    if (beat->next != 0)
        overdue__put_number(o, ",\"next\":", beat->next);
    if (beat->more != NULL) {
        overdue__put(o, ',');
        overdue__put_text(o, beat->more);
    }
    overdue__put(o, '}');
    if (qos == 0)
        return overdue__ask(o, OVERDUE__PUBLISH, 0);
    return overdue__ask(o, OVERDUE__PUBLISH_QOS_1, OVERDUE__PUBACK | o->id);
}

int overdue_ping(struct overdue *o)
{
    overdue__begin(o);
    return overdue__ask(o, OVERDUE__PINGREQ, OVERDUE__PINGRESP);
}

int overdue_disconnect(struct overdue *o)
{
    overdue__begin(o);
    return overdue__ask(o, OVERDUE__DISCONNECT, 0);
}

#endif /* OVERDUE_IMPLEMENTATION */

#ifdef __cplusplus
}
#endif

#endif /* OVERDUE_H */
