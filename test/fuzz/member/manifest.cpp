// Manifests: whatever is read is written and read back the same, and can be checked.
#include <cstdlib>

#include "federation/member/manifest.h"

using namespace sluice;
using namespace sluice::member;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto manifest = parse_manifest(as_text({data, size}));
    if (!manifest) return 0;
    const auto again = parse_manifest(to_json(*manifest));
    if (!again || !(*again == *manifest) || hash_of(*again) != hash_of(*manifest)) std::abort();
    (void)check_manifest(*manifest);
    return 0;
}
