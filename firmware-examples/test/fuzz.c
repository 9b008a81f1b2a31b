/*
 * fuzz.c: random devices, buffers and answers against overdue.h, under AddressSanitizer. What was sent has to be what a
 * plain second writer makes, what comes back has to mean what a plain second reader says.
 *
 *     fuzz SEED ROUNDS
 */
#define OVERDUE_IMPLEMENTATION
#include "../c/overdue.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 40000 };

static uint32_t state;

static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

static void expect(int is_so, const char *what)
{
    if (is_so)
        return;
    printf("expected %s\n", what);
    exit(1);
}

/* The other side: what it has got, and what it says, piece by piece, until it ends in one way or another. */
static struct {
    uint8_t got[MOST], says[MOST];
    int got_length, says_length, said, ends_with, takes;
} peer;

static int transmit(void *link, const uint8_t *bytes, int length)
{
    int part = 1 + (int)random_below((uint32_t)length);
    (void)link;
    if (peer.takes-- == 0)
        return random_below(2) ? 0 : -1;
    memcpy(peer.got + peer.got_length, bytes, (size_t)part);
    peer.got_length += part;
    return part;
}

static int receive(void *link)
{
    (void)link;
    return peer.said < peer.says_length ? peer.says[peer.said++] : peer.ends_with;
}

static void say(int length, ...)
{
    va_list bytes;
    va_start(bytes, length);
    while (length-- > 0)
        peer.says[peer.says_length++] = (uint8_t)va_arg(bytes, int);
    va_end(bytes);
}

/* Answers, near misses, other packets, noise. */
static void say_something(unsigned id)
{
    int packets = (int)random_below(12);
    peer.said = peer.says_length = peer.got_length = 0;
    peer.ends_with = random_below(2) ? OVERDUE_CLOSED : OVERDUE_TIMEOUT;
    peer.takes = random_below(20) ? MOST : (int)random_below(2);
    for (int i = 0; i < packets; i++) {
        int length = (int)random_below(random_below(8) ? 300 : 2500);
        switch (random_below(9)) {
        case 0: say(4, 0x40, 2, id >> 8, id & 0xff); break;
        case 1: say(4, 0x40, 2, random_below(256), id & 0xff); break;
        case 2: say(4, 0x20, 2, random_below(2), random_below(7)); break;
        case 3: say(2, 0xd0, 0); break;
        case 4: say(5, 0x40, 0x82, 0, id >> 8, id & 0xff); break;
        case 5: say(5, 0x40, 3, id >> 8, id & 0xff, 0); break;
        case 6: say(3, 0x30 + random_below(16), 0x80 | (length & 0x7f), length >> 7);
            for (; length > 4; length--) say(1, random_below(256));
            for (; length > 0; length--) say(1, random_below(2) ? 0xd0 : 0);
            break;
        case 7: say(1, random_below(256)); break;
        case 8: say(4, random_below(16) << 4, random_below(4), random_below(256), random_below(256)); break;
        }
    }
    if (random_below(4) == 0)
        peer.says_length = (int)random_below((uint32_t)peer.says_length + 1);
}

/* The end of the packet at `at`, or an error; `exact` is its start where it may be an answer. */
static int packet_end(int at, int *exact)
{
    int length = 0, shift = 0, byte;
    *exact = -1;
    if (at + 1 >= peer.says_length)
        return peer.ends_with;
    for (int i = at + 1;; i++, shift += 7) {
        if (i >= peer.says_length)
            return peer.ends_with;
        byte = peer.says[i];
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (i == at + 1)
                *exact = at;
            return i + 1 + length > peer.says_length ? peer.ends_with : i + 1 + length;
        }
        if (i == at + 2)
            return OVERDUE_MALFORMED;
    }
}

/* What the reader has to make of it all: the result for an answer of these bytes. */
static int meaning(const uint8_t *answer, int length)
{
    int at = 0, start;
    for (int packets = 0; packets <= 8; packets++) {
        int end = packet_end(at, &start);
        if (end < 0)
            return end;
        if (start >= 0 && end - at == length && memcmp(peer.says + at, answer, (size_t)length) == 0)
            return OVERDUE_OK;
        at = end;
    }
    return OVERDUE_MALFORMED;
}

static int greeting(void)
{
    int start, end = packet_end(0, &start);
    if (end < 0)
        return end;
    return start == 0 && end == 4 && peer.says[0] == 0x20 ? peer.says[3] : OVERDUE_MALFORMED;
}

static uint8_t wanted[MOST];
static int wanted_length;

static void want(const char *format, ...)
{
    va_list parts;
    va_start(parts, format);
    wanted_length += vsnprintf((char *)wanted + wanted_length, sizeof wanted - (size_t)wanted_length, format, parts);
    va_end(parts);
}

static void want_short(unsigned value)
{
    wanted[wanted_length++] = (uint8_t)(value >> 8);
    wanted[wanted_length++] = (uint8_t)value;
}

static void want_string(const char *text)
{
    want_short((unsigned)strlen(text));
    want("%s", text);
}

/* A packet of this first byte and the wanted body, or the result that says why not; `then` is the result once it left. */
static void check_sent(const struct overdue *o, int first, int result, int then)
{
    int head = wanted_length > 0x7f ? 3 : 2;
    /* The body always begins behind room for three bytes. */
    int fits = wanted_length + 3 <= o->size && wanted_length <= 0x3fff;
    if (!fits) {
        expect(result == OVERDUE_TOO_LONG && peer.got_length == 0, "nothing of a packet that does not fit");
        return;
    }
    if (peer.takes < 0) {
        expect(result == OVERDUE_CLOSED, "CLOSED after a write that failed");
        return;
    }
    expect(peer.got_length == head + wanted_length, "the packet's whole length");
    expect(peer.got[0] == first, "the packet's first byte");
    expect((head == 2 ? peer.got[1] : (peer.got[1] & 0x7f) + 128 * peer.got[2]) == wanted_length, "the length it has");
    expect(memcmp(peer.got + head, wanted, (size_t)wanted_length) == 0, "the body of the second writer");
    expect(result == then, "the result of the second reader");
    expect(peer.said <= 9 * 16386, "an end of reading");
}

static char *random_text(int least, int most)
{
    int length = least + (int)random_below((uint32_t)(most - least) + 1);
    char *text = malloc((size_t)length + 1);
    for (int i = 0; i < length; i++)
        text[i] = (char)(1 + random_below(255));
    text[length] = '\0';
    return text;
}

static uint32_t random_number(void)
{
    return random_below(4) ? random_below(0xffffffff) >> random_below(32) : random_below(2) ? 0 : 0xffffffff;
}

static void check_connect(struct overdue *o)
{
    char topic[2000], boot[11];
    say_something(0);
    if (random_below(2))
        memcpy(peer.says, (uint8_t[]){0x20, 2, 0, 0}, 4), peer.says_length += peer.says_length < 4 ? 4 : 0;
    snprintf(topic, sizeof topic, "hb/%s/will", o->device);
    snprintf(boot, sizeof boot, "%lu", (unsigned long)o->boot);
    wanted_length = 0;
    want_string("MQTT");
    want_short(0x400 | (o->key == NULL ? 0x0e : 0xce));
    want_short(o->keep_alive);
    want_string(o->device);
    want_string(topic);
    want_string(boot);
    if (o->key != NULL)
        want_string(o->device), want_string(o->key);
    int result = overdue_connect(o);
    check_sent(o, 0x10, result, greeting());
}

static void check_publish(struct overdue *o, const struct overdue_beat *beat)
{
    char topic[20000];
    int qos = (int)random_below(2);
    unsigned id = (unsigned)((o->id + 2) | 1) & 0xffff;
    uint8_t answer[] = {0x40, 2, (uint8_t)(id >> 8), (uint8_t)id};
    say_something(id);
    snprintf(topic, sizeof topic, "hb/%s%s%s%s%s", o->device, beat->part ? "/" : "", beat->part ? beat->part : "",
             beat->event ? "/" : "", beat->event ? beat->event : "");
    wanted_length = 0;
    want_string(topic);
    if (qos)
        want_short(id);
    want("{\"age\":%lu", (unsigned long)beat->age);
    if (o->boot != 0)
        want(",\"boot\":%lu,\"seq\":%lu", (unsigned long)o->boot, (unsigned long)beat->seq);
    if (beat->next != 0)
        want(",\"next\":%lu", (unsigned long)beat->next);
    want("%s%s}", beat->more ? "," : "", beat->more ? beat->more : "");
    int result = overdue_publish(o, beat, qos);
    check_sent(o, qos ? 0x32 : 0x30, result, qos ? meaning(answer, 4) : OVERDUE_OK);
}

static void check_others(struct overdue *o)
{
    uint8_t pingresp[] = {0xd0, 0};
    wanted_length = 0;
    say_something(0);
    int result = overdue_ping(o);
    check_sent(o, 0xc0, result, meaning(pingresp, 2));
    say_something(0);
    result = overdue_disconnect(o);
    check_sent(o, 0xe0, result, OVERDUE_OK);
}

int main(int count, char **arguments)
{
    expect(count == 3, "SEED ROUNDS");
    state = (uint32_t)strtoul(arguments[1], NULL, 10) | 1;
    for (long rounds = strtol(arguments[2], NULL, 10); rounds > 0; rounds--) {
        int is_long = random_below(100) == 0;
        struct overdue o = {
            .transmit = transmit, .receive = receive,
            .size = (uint16_t)(is_long ? 17000 + random_below(40000) : random_below(random_below(5) ? 300 : 8)),
            .device = random_text(0, 63), .key = random_below(2) ? random_text(0, 40) : NULL,
            .boot = random_number(), .keep_alive = (uint16_t)random_below(65536), .id = (uint16_t)random_below(65536),
        };
        struct overdue_beat beat = {
            .part = random_below(2) ? random_text(0, 63) : NULL, .event = random_below(2) ? random_text(0, 8) : NULL,
            .more = is_long ? random_text(16200, 16500) : random_below(2) ? random_text(0, 200) : NULL,
            .seq = random_number(), .age = random_number(), .next = random_number(),
        };
        /* No larger than said, so that the byte behind it is watched. */
        o.buffer = malloc(o.size);
        check_connect(&o);
        check_publish(&o, &beat);
        check_others(&o);
        free(o.buffer);
        free((char *)o.device), free((char *)o.key);
        free((char *)beat.part), free((char *)beat.event), free((char *)beat.more);
    }
    puts("held");
    return 0;
}
