// Stands in for the cores of ESP32 and ESP8266 on a PC, as far as the sketch needs them; WiFiClient is a real socket to
// OVERDUE_TEST_PORT of this machine. Memory that outlives a sleep is not kept. Sleeping ends the program.
#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RTC_DATA_ATTR
#define ADC_MODE(mode) struct AdcMode
#define WL_CONNECTED 3
#define WIFI_STA 1

inline uint32_t millis() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint32_t)(time.tv_sec * 1000 + time.tv_nsec / 1000000);
}
inline void delay(uint32_t milliseconds) { usleep(milliseconds * 1000); }
inline uint32_t analogReadMilliVolts(uint8_t) { return 1855; }
[[noreturn]] inline void esp_deep_sleep(uint64_t microseconds) {
  printf("sleeps %llu s\n", (unsigned long long)microseconds / 1000000);
  exit(0);
}

struct SerialPort {
  void begin(unsigned long) {}
  template <typename... Values> void printf(const char *format, Values... values) { ::printf(format, values...); }
};
static SerialPort Serial;

struct EspClass {
  uint16_t getVcc() { return 3710; }
  bool rtcUserMemoryRead(uint32_t, uint32_t *, size_t) { return true; }
  bool rtcUserMemoryWrite(uint32_t, uint32_t *, size_t) { return true; }
  void deepSleep(uint64_t microseconds) { esp_deep_sleep(microseconds); }
};
static EspClass ESP __attribute__((unused));

struct WiFiClass {
  void mode(int) {}
  void begin(const char *, const char *) {}
  int status() { return WL_CONNECTED; }
};
static WiFiClass WiFi;

class WiFiClient {
  int socket = -1;

 public:
  int connect(const char *, uint16_t) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)atoi(getenv("OVERDUE_TEST_PORT")));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socket = ::socket(AF_INET, SOCK_STREAM, 0);
    return ::connect(socket, (sockaddr *)&address, sizeof address) == 0;
  }
  size_t write(const uint8_t *bytes, size_t length) {
    ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
    return sent < 0 ? 0 : (size_t)sent;
  }
  int available() {
    pollfd entry = {socket, POLLIN, 0};
    uint8_t byte;
    return poll(&entry, 1, 0) > 0 && recv(socket, &byte, 1, MSG_PEEK) == 1;
  }
  uint8_t connected() {
    pollfd entry = {socket, POLLIN, 0};
    return poll(&entry, 1, 0) == 0 || available();
  }
  int read() {
    uint8_t byte;
    return recv(socket, &byte, 1, 0) == 1 ? byte : -1;
  }
  void stop() { close(socket); }
};
