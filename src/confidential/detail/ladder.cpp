#include "confidential/detail/ladder.h"

#include <atomic>

#include "confidential/detail/lanes/kernel_avx512.h"
#include "confidential/detail/lanes/self_test.h"

namespace sluice::confidential::detail {

namespace {

using Wide = unsigned __int128;

// sum of 16 * 32^i for i < 26, and of 512 * 1024^i for i < 26: what turns signed digits into plain ones.
constexpr std::array<uint64_t, 3> kKeyOffset = {0x0842108421084210, 0x1084210842108421, 2};
constexpr std::array<uint64_t, 5> kBaseOffset = {0x0802008020080200, 0x0080200802008020, 0x2008020080200802,
                                                 0x0200802008020080, 8};

template <size_t N>
std::array<uint64_t, N> sum_of(const std::array<uint64_t, N>& a, const std::array<uint64_t, N>& b) {
    std::array<uint64_t, N> sum;
    Wide acc = 0;
    for (size_t i = 0; i < N; ++i) {
        acc += static_cast<Wide>(a[i]) + b[i];
        sum[i] = static_cast<uint64_t>(acc);
        acc >>= 64;
    }
    return sum;
}

template <size_t N>
unsigned bits_at(const std::array<uint64_t, N>& a, size_t position, unsigned count) {
    const size_t word = position / 64;
    const size_t shift = position % 64;
    uint64_t bits = a[word] >> shift;
    if (shift + count > 64 && word + 1 < N) bits |= a[word + 1] << (64 - shift);
    return static_cast<unsigned>(bits & ((1U << count) - 1));
}

std::array<int8_t, kKeyDigits> key_digits(const std::array<uint64_t, 3>& half) {
    // |half| < 2^128 < the offset < 2^130 - 2^128, so the sum fits the digits.
    const auto shifted = sum_of(half, kKeyOffset);
    std::array<int8_t, kKeyDigits> digits;
    for (size_t i = 0; i < kKeyDigits; ++i)
        digits[i] = static_cast<int8_t>(static_cast<int>(bits_at(shifted, 5 * i, 5)) - 16);
    return digits;
}

// Of this thread's tables that are gone; grows to the largest.
std::vector<Record>& spare_records() {
    thread_local std::vector<Record> spare;
    return spare;
}

BaseTables make_base_tables() {
    BaseTables tables;
    Jacobian start = to_jacobian(kBasePoint);
    for (auto& half : tables) {
        std::vector<Jacobian> multiples(kBaseMultiples);
        const Affine step = *normalize(start);
        Jacobian sum;
        for (Jacobian& multiple : multiples) {
            sum = add(sum, step);
            multiple = sum;
        }
        const auto points = normalize_all(multiples);
        for (size_t i = 0; i < kBaseMultiples; ++i) half[i] = {canonical(points[i]->x), canonical(points[i]->y)};
        for (size_t i = 0; i < 10 * kBaseDigits; ++i) start = twice(start);
    }
    return tables;
}

}  // namespace

Digits recode(const Scalar& s, const Scalar& e) {
    const SplitScalar halves = split(e);
    Digits digits;
    digits.key_low = key_digits(halves.low);
    digits.key_high = key_digits(halves.high);
    const auto shifted = sum_of({s.n[0], s.n[1], s.n[2], s.n[3], 0}, kBaseOffset);
    for (size_t i = 0; i < kBaseDigits; ++i) {
        digits.base_low[i] = static_cast<int16_t>(static_cast<int>(bits_at(shifted, 10 * i, 10)) - 512);
        digits.base_high[i] =
            static_cast<int16_t>(static_cast<int>(bits_at(shifted, 10 * (i + kBaseDigits), 10)) - 512);
    }
    return digits;
}

KeyTables::KeyTables(size_t keys) : keys_(keys) {
    if (keys == 0) return;
    std::swap(memory_, spare_records());
    const size_t needed = keys * 2 * kKeyMultiples;
    if (memory_.size() < needed) memory_ = std::vector<Record>(needed);
}

KeyTables& KeyTables::operator=(KeyTables&& from) noexcept {
    std::swap(memory_, from.memory_);
    std::swap(keys_, from.keys_);
    return *this;
}

KeyTables::~KeyTables() {
    if (memory_.size() > spare_records().size()) std::swap(memory_, spare_records());
}

const BaseTables& base_tables() {
    static const BaseTables tables = make_base_tables();
    return tables;
}

const Ladders& ladders() {
    static const Ladders found = [] {
        Ladders list;
        if (const LadderBackend* avx512 = avx512_ladder()) {
            if (lanes::passes_self_test(*lanes::avx512_kernel())) {
                list.available.push_back(avx512);
            } else {
                list.failed_self_test = avx512->name;
            }
        }
        if (const LadderBackend* adx = adx_ladder()) list.available.push_back(adx);
        list.available.push_back(&portable_ladder());
        return list;
    }();
    return found;
}

std::span<const LadderBackend* const> available_ladders() { return ladders().available; }

namespace {

std::atomic<const LadderBackend*>& named_ladder() {
    static std::atomic<const LadderBackend*> named = nullptr;
    return named;
}

}  // namespace

bool use_ladder(std::string_view name) {
    for (const LadderBackend* backend : available_ladders()) {
        if (backend->name != name) continue;
        named_ladder() = backend;
        return true;
    }
    return false;
}

const LadderBackend& ladder() {
#ifdef SLUICE_COMPARE_LADDERS
    return comparing_ladder();
#else
    const LadderBackend* named = named_ladder().load(std::memory_order_relaxed);
    return named != nullptr ? *named : *available_ladders().front();
#endif
}

Jacobian climb_complete(const KeyTables& tables, const Lane& lane) {
    const BaseTables& base = base_tables();
    const Digits digits = recode(lane.s, lane.e);
    Jacobian sum;
    const auto add_digit = [&sum](const Record* table, int digit) {
        if (digit == 0) return;
        const Record& record = table[(digit < 0 ? -digit : digit) - 1];
        sum = add(sum, digit < 0 ? negate(Affine{record.x, record.y}) : Affine{record.x, record.y});
    };
    for (size_t w = kKeyDigits; w-- > 0;) {
        for (int i = 0; i < 5; ++i) sum = twice(sum);
        add_digit(&tables.record(lane.key, 0, 1), digits.key_low[w]);
        add_digit(&tables.record(lane.key, 1, 1), digits.key_high[w]);
        if (w % 2 != 0) continue;
        add_digit(base[0].data(), digits.base_low[w / 2]);
        add_digit(base[1].data(), digits.base_high[w / 2]);
    }
    return sum;
}

LaneResult add_complete(const Affine& a, const Affine& b) {
    const auto sum = normalize(add(to_jacobian(a), b));
    return sum ? LaneResult{*sum, false} : LaneResult{{}, true};
}

Jacobian multiply_add_complete(const Scalar& s, const Scalar& e, const Affine& p) {
    Jacobian sum;
    for (size_t i = 256; i-- > 0;) {
        sum = twice(sum);
        if (((s.n[i / 64] >> (i % 64)) & 1) != 0) sum = add(sum, kBasePoint);
        if (((e.n[i / 64] >> (i % 64)) & 1) != 0) sum = add(sum, p);
    }
    return sum;
}

}  // namespace sluice::confidential::detail
