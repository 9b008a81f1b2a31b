static inline int esp_event_loop_create_default(void) { return 0; }
