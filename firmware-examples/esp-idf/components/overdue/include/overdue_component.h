/* overdue_component.h: one task that beats for as long as the device runs. What it says and to whom is in menuconfig. */
#pragma once

#include "esp_err.h"

/* Once NVS and the network are up. ESP_ERR_NO_MEM: no memory for the task. */
esp_err_t overdue_start(void);
