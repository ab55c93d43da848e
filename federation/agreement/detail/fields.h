// What the descriptions of messages and of journal records share. Private to agreement.
#pragma once

#include <variant>

#include "codec/describe.h"

namespace sluice::agreement::detail {

// One byte; a value outside of least..most fails the reading.
template <class A, class E>
void enum_field(A& a, E& value, uint8_t least, uint8_t most) {
    if constexpr (kReads<A>) {
        const uint8_t raw = a.u8();
        const bool known = raw >= least && raw <= most;
        if (!known) a.fail(DecodeError::kBadValue);
        value = static_cast<E>(known ? raw : least);
    } else {
        a.u8(static_cast<uint8_t>(value));
    }
}

// Makes `variant` hold its alternative number `type` and hands that to `read`. An unknown number changes nothing.
template <size_t I = 0, class... Types, class F>
void read_alternative(size_t type, std::variant<Types...>& variant, F read) {
    if constexpr (I < sizeof...(Types)) {
        if (type == I) read(variant.template emplace<I>());
        else read_alternative<I + 1>(type, variant, read);
    }
}

}  // namespace sluice::agreement::detail
