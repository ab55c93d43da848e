// The name under which the module's lines stand in debug.log. Private to the module.
#pragma once

namespace sluice::member::detail {

inline constexpr const char* kLog = "federation";

}  // namespace sluice::member::detail
