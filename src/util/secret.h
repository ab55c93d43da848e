// Secret<N>: N secret bytes in memory that is locked (best effort), wiped at the end, moved and never copied by
// accident. It has no text form and no ordering; compare with equal_constant_time.
#pragma once

#include <utility>

#include "util/bytes.h"

namespace sluice {

void wipe(MutableBytes bytes);
bool equal_constant_time(ByteView a, ByteView b);

namespace detail {
uint8_t* allocate_locked(size_t size);
void free_locked(uint8_t* at, size_t size);
}  // namespace detail

template <size_t N>
class Secret {
public:
    Secret() : data_(detail::allocate_locked(N)) {}
    ~Secret() {
        if (data_ != nullptr) detail::free_locked(data_, N);
    }
    Secret(Secret&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
    Secret& operator=(Secret&& other) noexcept {
        std::swap(data_, other.data_);
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    [[nodiscard]] Secret clone() const {
        Secret out;
        std::copy_n(data_, N, out.data_);
        return out;
    }
    // Valid while this object lives and was not moved from.
    [[nodiscard]] ByteView view() const { return {data_, N}; }
    MutableBytes mutable_view() { return {data_, N}; }

private:
    uint8_t* data_;
};

}  // namespace sluice
