// What the core of a board does with a sketch.
#include "Arduino.h"
#include "sketch.ino"

int main() {
  setup();
  for (;;) loop();
}
