// Input: the text of a configuration file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "node/config.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto parsed = sluice::node::parse_config_text({reinterpret_cast<const char*>(data), size});
    if (!parsed) {
        CHECK(parsed.error().message.starts_with("parse error on line "));
        return 0;
    }
    for (const auto& line : parsed->lines) {
        (void)sluice::node::find_option(sluice::node::Program::kDaemon, line.name);
        CHECK(line.value.size() <= size);
    }
    return 0;
}
