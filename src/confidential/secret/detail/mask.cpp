#include "confidential/secret/detail/mask.h"

namespace sluice::confidential::secret {

// Alone in its file: a program that defines this function itself does not link this one.
void declassify(const void* /*at*/, size_t /*size*/) {}

}  // namespace sluice::confidential::secret
