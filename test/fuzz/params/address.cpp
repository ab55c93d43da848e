// Any text: decoding an address ends well, and what decodes encodes to a text that decodes to the same.
#include "consensus/params/address.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    static const AddressFormat kFormat{235, 75, 4, "ert", "el"};
    const auto address = decode_address(as_text({data, size}), kFormat);
    if (!address) return 0;
    const auto text = encode_address(*address, kFormat);
    CHECK(text);
    const auto again = decode_address(*text, kFormat);
    CHECK(again);
    CHECK(again->script == address->script);
    return 0;
}
