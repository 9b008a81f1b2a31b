#pragma once
struct Preferences {
  bool begin(const char *) { return true; }
  uint32_t getUInt(const char *, uint32_t otherwise) { return otherwise; }
  size_t putUInt(const char *, uint32_t) { return 4; }
  void end() {}
};
