// An ESP32 or ESP8266 on a battery: wakes up, beats, says when it will beat again, and sleeps. Copy overdue.h beside it.
#define OVERDUE_IMPLEMENTATION
#include "overdue.h"

#if defined(ESP8266)
#include <EEPROM.h>
#include <ESP8266WiFi.h>
ADC_MODE(ADC_VCC);
#else
#include <Preferences.h>
#include <WiFi.h>
#endif

static const char *const WIFI_NAME = "field";
static const char *const WIFI_PASSWORD = "XXXXXXXX";
static const char *const HOST = "gateway.example.org";
static const uint16_t PORT = 1883;
static const char *const DEVICE = "pump-17";
static const char *const KEY = "XXXXXXXXXXXXXXXXXXXXXX";  // of the heartbeat pump-17
static const uint32_t EVERY = 600;                        // seconds between two beats
static const uint32_t ANSWER_WITHIN = 10000;              // milliseconds, as all below
static const uint32_t JOIN_WITHIN = 20000;
static const int TRIES = 3;

// What outlives a deep sleep, but no loss of power: then `mark` is anything, and the starts are counted in flash.
struct Memory {
  uint32_t mark, boot, seq;
};
static const uint32_t MARK = 0x0bea7001;

#if defined(ESP8266)
static Memory memory;

static uint16_t millivolts() { return ESP.getVcc(); }

static uint32_t countStart() {
  uint32_t starts;
  EEPROM.begin(sizeof starts);
  EEPROM.get(0, starts);
  starts = starts == 0xffffffff ? 1 : starts + 1;
  EEPROM.put(0, starts);
  EEPROM.commit();
  return starts;
}

static void recall() { ESP.rtcUserMemoryRead(0, (uint32_t *)&memory, sizeof memory); }
static void remember() { ESP.rtcUserMemoryWrite(0, (uint32_t *)&memory, sizeof memory); }
static void sleepFor(uint32_t seconds) { ESP.deepSleep(seconds * 1000000ull); }  // GPIO16 has to lead to RST
#else
RTC_DATA_ATTR static Memory memory;

static uint16_t millivolts() { return 2 * analogReadMilliVolts(35); }  // half of the battery by two equal resistors

static uint32_t countStart() {
  Preferences preferences;
  preferences.begin("overdue");
  uint32_t starts = preferences.getUInt("starts", 0) + 1;
  preferences.putUInt("starts", starts);
  preferences.end();
  return starts;
}

static void recall() {}
static void remember() {}
static void sleepFor(uint32_t seconds) { esp_deep_sleep(seconds * 1000000ull); }
#endif

static int transmit(void *link, const uint8_t *bytes, int length) {
  return (int)static_cast<WiFiClient *>(link)->write(bytes, (size_t)length);
}

static int receive(void *link) {
  WiFiClient *client = static_cast<WiFiClient *>(link);
  for (uint32_t began = millis(); millis() - began < ANSWER_WITHIN; delay(5)) {
    if (client->available() > 0) return client->read();
    if (!client->connected()) return OVERDUE_CLOSED;
  }
  return OVERDUE_TIMEOUT;
}

static bool join() {
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  for (uint32_t began = millis(); millis() - began < JOIN_WITHIN; delay(50))
    if (WiFi.status() == WL_CONNECTED) return true;
  return false;
}

// An ok with the battery's voltage, then a bye: silent on purpose until the next one.
static int beat(WiFiClient &client) {
  uint8_t buffer[160];
  char more[32];
  struct overdue device = {};
  struct overdue_beat ok = {}, bye = {};
  device.transmit = transmit;
  device.receive = receive;
  device.link = &client;
  device.buffer = buffer;
  device.size = sizeof buffer;
  device.device = DEVICE;
  device.key = KEY;
  device.boot = memory.boot;
  device.keep_alive = 60;
  snprintf(more, sizeof more, "\"m\":{\"volts\":%u.%03u}", millivolts() / 1000, millivolts() % 1000);
  ok.seq = memory.seq + 1;
  ok.age = millis() / 1000;
  ok.more = more;
  bye.seq = memory.seq + 2;
  bye.event = "bye";
  bye.next = EVERY;
  int result = overdue_connect(&device);
  if (result == OVERDUE_OK) result = overdue_publish(&device, &ok, 1);
  if (result == OVERDUE_OK) result = overdue_publish(&device, &bye, 1);
  if (result == OVERDUE_OK) result = overdue_disconnect(&device);
  return result;
}

void setup() {
  Serial.begin(115200);
  recall();
  if (memory.mark != MARK) {
    memory.mark = MARK;
    memory.boot = countStart();
    memory.seq = 0;
  }
  bool joined = join();
  for (int tries = 0; joined && tries < TRIES; tries++) {
    WiFiClient client;
    int result = client.connect(HOST, PORT) ? beat(client) : OVERDUE_CLOSED;
    client.stop();
    if (result == OVERDUE_OK) break;
    Serial.printf("no beat: %d\n", result);
    delay(1000ul << tries);
  }
  // What was not delivered is a gap in the numbers.
  memory.seq += 2;
  remember();
  sleepFor(EVERY);
}

void loop() {}
