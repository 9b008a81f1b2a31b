#pragma once
static inline uint32_t esp_random(void) { return (uint32_t)rand(); }
