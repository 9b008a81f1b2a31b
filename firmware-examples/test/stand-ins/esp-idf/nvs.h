#pragma once
#include "esp_err.h"
typedef uint32_t nvs_handle_t;
typedef enum { NVS_READONLY, NVS_READWRITE } nvs_open_mode_t;
static inline esp_err_t nvs_open(const char *space, nvs_open_mode_t mode, nvs_handle_t *handle)
{
    (void)space, (void)mode;
    *handle = 1;
    return ESP_OK;
}
static inline esp_err_t nvs_get_u32(nvs_handle_t handle, const char *key, uint32_t *value)
{
    (void)handle, (void)key, (void)value;
    return 0x1102; /* not found */
}
static inline esp_err_t nvs_set_u32(nvs_handle_t handle, const char *key, uint32_t value)
{
    (void)handle, (void)key, (void)value;
    return ESP_OK;
}
static inline esp_err_t nvs_commit(nvs_handle_t handle) { return (void)handle, ESP_OK; }
static inline void nvs_close(nvs_handle_t handle) { (void)handle; }
