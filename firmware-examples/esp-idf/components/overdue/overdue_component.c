/* overdue_component.c: connects, beats, and connects again when that ends. Starts are counted in NVS. */
#define OVERDUE_IMPLEMENTATION
#include "overdue.h"
#include "overdue_socket.h"
#include "overdue_component.h"

#include "esp_log.h"
#include "esp_random.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "sdkconfig.h"

enum { ANSWER_WITHIN = 10, STACK = 4096, PRIORITY = 5 };
static const uint32_t FIRST_PAUSE = 1000, LONGEST_PAUSE = 60000; /* milliseconds */
static const char *const TAG = "overdue";

/* How often the device has started; 0 where that can't be kept. */
static uint32_t count_start(void)
{
    nvs_handle_t store;
    uint32_t starts = 0;
    if (nvs_open(TAG, NVS_READWRITE, &store) != ESP_OK)
        return 0;
    nvs_get_u32(store, "starts", &starts);
    starts++;
    if (nvs_set_u32(store, "starts", starts) != ESP_OK || nvs_commit(store) != ESP_OK)
        starts = 0;
    nvs_close(store);
    return starts;
}

/* Beats on one connection until it ends. Every beat is a new one: what is lost is a gap in the numbers. */
static int beat(struct overdue *device, uint32_t *seq, uint32_t *pause)
{
    struct overdue_beat beat = {0};
    int result = overdue_connect(device);
    while (result == OVERDUE_OK) {
        beat.seq = ++*seq;
        result = overdue_publish(device, &beat, 1);
        if (result == OVERDUE_OK) {
            *pause = FIRST_PAUSE;
            vTaskDelay(pdMS_TO_TICKS(CONFIG_OVERDUE_EVERY * 1000));
        }
    }
    return result;
}

static void run(void *unused)
{
    static uint8_t buffer[192];
    int socket = -1;
    uint32_t seq = 0, pause = FIRST_PAUSE;
    struct overdue device = {
        .transmit = overdue_socket_transmit, .receive = overdue_socket_receive, .link = &socket,
        .buffer = buffer, .size = sizeof buffer,
        .device = CONFIG_OVERDUE_DEVICE, .key = CONFIG_OVERDUE_KEY[0] == '\0' ? NULL : CONFIG_OVERDUE_KEY,
        .boot = count_start(), .keep_alive = 2 * CONFIG_OVERDUE_EVERY,
    };
    (void)unused;
    for (;;) {
        int result = OVERDUE_CLOSED;
        socket = overdue_socket_open(CONFIG_OVERDUE_HOST, CONFIG_OVERDUE_PORT, ANSWER_WITHIN);
        if (socket >= 0) {
            result = beat(&device, &seq, &pause);
            close(socket);
        }
        ESP_LOGW(TAG, "no beat: %d", result);
        /* Between half and all of the pause, so that a fleet does not come back in one instant. */
        vTaskDelay(pdMS_TO_TICKS(pause / 2 + esp_random() % (pause / 2)));
        pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
    }
}

esp_err_t overdue_start(void)
{
    return xTaskCreate(run, TAG, STACK, NULL, PRIORITY, NULL) == pdPASS ? ESP_OK : ESP_ERR_NO_MEM;
}
