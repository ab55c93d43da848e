#include "util/declassify.h"

namespace sluice {

// Alone in its file: a program that defines this function itself does not link this one.
void declassify(const void* /*at*/, size_t /*size*/) {}

}  // namespace sluice
