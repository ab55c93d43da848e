#include "util/secret.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace sluice {

void wipe(MutableBytes bytes) {
    if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

bool equal_constant_time(ByteView a, ByteView b) {
    if (a.size() != b.size()) return false;
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.size(); ++i) difference = difference | (a[i] ^ b[i]);
    return difference == 0;
}

namespace detail {

// One page-aligned block a secret: simple, and secrets are few. A refused mlock (RLIMIT_MEMLOCK) is not an error.
uint8_t* allocate_locked(size_t size) {
    const size_t page = 4096;
    const size_t rounded = (size + page - 1) / page * page;
    void* at = std::aligned_alloc(page, rounded);
    if (at == nullptr) throw std::bad_alloc();
    (void)mlock(at, rounded);
    std::memset(at, 0, rounded);
    return static_cast<uint8_t*>(at);
}

void free_locked(uint8_t* at, size_t size) {
    const size_t page = 4096;
    const size_t rounded = (size + page - 1) / page * page;
    explicit_bzero(at, rounded);
    (void)munlock(at, rounded);
    std::free(at);
}

}  // namespace detail
}  // namespace sluice
