// Integer arithmetic that notices overflow.
#pragma once

#include <optional>
#include <type_traits>

namespace sluice {

template <class T>
std::optional<T> checked_add(T a, T b) {
    static_assert(std::is_integral_v<T>);
    T out;
    if (__builtin_add_overflow(a, b, &out)) return std::nullopt;
    return out;
}
template <class T>
std::optional<T> checked_sub(T a, T b) {
    static_assert(std::is_integral_v<T>);
    T out;
    if (__builtin_sub_overflow(a, b, &out)) return std::nullopt;
    return out;
}
template <class T>
std::optional<T> checked_mul(T a, T b) {
    static_assert(std::is_integral_v<T>);
    T out;
    if (__builtin_mul_overflow(a, b, &out)) return std::nullopt;
    return out;
}

}  // namespace sluice
