#include "confidential/arithmetic.h"

#include "confidential/detail/ladder.h"

namespace sluice::confidential {

Arithmetic arithmetic() {
    Arithmetic out;
    out.in_use = detail::ladder().name;
    for (const detail::LadderBackend* backend : detail::available_ladders()) out.available.push_back(backend->name);
    out.failed_self_test = detail::ladders().failed_self_test;
    return out;
}

bool use_arithmetic(std::string_view name) { return detail::use_ladder(name); }

}  // namespace sluice::confidential
