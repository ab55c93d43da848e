// s*G + e*P for many lanes at once: nine tenths of what verifying costs, and the seam behind which a back end lives. A
// back end gives exactly the same points for every input; it may use incomplete formulas inside, and recomputes each
// lane in which they met an exception with multiply_add_complete. For public data only (digits index memory). Pure; any
// thread.
//
// One plan serves all back ends. e is split into two halves of 128 bits, e = low + lambda*high; each half is written as
// kKeyDigits signed digits of 5 bits in [-16, 15], s as 2*kBaseDigits signed digits of 10 bits in [-512, 511]. From
// window kKeyDigits-1 down to 0: five doublings, and the sum of one point from each of the key's two tables and, at
// even windows w, one from each of the base point's two tables (digits w/2 of the lower and the upper half of s). In
// which order these are added is the back end's affair.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "confidential/detail/group.h"
#include "confidential/detail/scalar.h"

namespace sluice::confidential::detail {

constexpr size_t kKeyDigits = 26;
constexpr size_t kBaseDigits = 13;
constexpr size_t kKeyMultiples = 16;
constexpr size_t kBaseMultiples = 512;

struct Digits {
    std::array<int8_t, kKeyDigits> key_low;     // of e's low half
    std::array<int8_t, kKeyDigits> key_high;    // of e's high half
    std::array<int16_t, kBaseDigits> base_low;  // s = sum base_low[i]*2^(10i) + 2^130 * sum base_high[i]*2^(10i)
    std::array<int16_t, kBaseDigits> base_high;
};
Digits recode(const Scalar& s, const Scalar& e);

// One cache line a record.
struct alignas(64) Record {
    Fe x;
    Fe y;
};

// The multiples 1..16 of each key and of lambda*key, in affine form: record(key, half, multiple). What they hold at
// first is anything. A thread keeps the memory of its last tables for its next ones: to get some 200 kB from the system
// each time costs as much as a tenth of verifying.
class KeyTables {
public:
    explicit KeyTables(size_t keys);
    KeyTables(KeyTables&& from) noexcept : memory_(std::move(from.memory_)), keys_(std::exchange(from.keys_, 0)) {}
    KeyTables& operator=(KeyTables&& from) noexcept;
    ~KeyTables();

    [[nodiscard]] size_t keys() const { return keys_; }
    // Preconditions: half is 0 or 1 (lambda*key); multiple is in 1..kKeyMultiples.
    [[nodiscard]] const Record& record(size_t key, size_t half, size_t multiple) const {
        return memory_[(key * 2 + half) * kKeyMultiples + multiple - 1];
    }
    Record& record(size_t key, size_t half, size_t multiple) {
        return memory_[(key * 2 + half) * kKeyMultiples + multiple - 1];
    }

private:
    std::vector<Record> memory_;  // at least as much as the keys need
    size_t keys_;
};

// base_tables()[half][m - 1] = m * 2^(130*half) * G; made at first use, immutable.
using BaseTables = std::array<std::array<Record, kBaseMultiples>, 2>;
const BaseTables& base_tables();

struct Lane {
    uint32_t key = 0;  // index into the tables
    Scalar s;
    Scalar e;
};

// One lane by the same plan and tables with complete formulas: right for every input, at about the price of one lane
// alone (a prover can arrange exceptions in every lane of a proof). What a back end falls back to.
Jacobian climb_complete(const KeyTables& tables, const Lane& lane);

struct LaneResult {
    Affine point;  // meaningless at infinity
    bool infinity = false;
};

// For equal and opposite points too.
LaneResult add_complete(const Affine& a, const Affine& b);

struct LadderBackend {
    std::string_view name;
    // Of public points that are not infinity.
    KeyTables (*prepare)(std::span<const Affine> keys);
    // Precondition: results.size() == lanes.size().
    void (*multiply_add)(const KeyTables& tables, std::span<const Lane> lanes, std::span<LaneResult> results);
    // sums[i] = a[i] + b[i], whatever these are. Precondition: all sizes are equal.
    void (*add_pairs)(std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums);
    // Replaces each a by a^((p+1)/4): the root that is itself a square, if a has roots at all (the caller squares it to
    // see).
    void (*root_candidates)(std::span<Fe> values);
};

const LadderBackend& portable_ladder();
// The portable ladder over mulx/adcx/adox; nullptr where the processor lacks them.
const LadderBackend* adx_ladder();
// The vector ladder for AVX-512 IFMA; nullptr where the processor lacks that. Not to be used unless its self-test has
// passed (lanes/self_test.h).
const LadderBackend* avx512_ladder();
// The vector ladder over the emulated kernel, which checks every bound as it runs: for tests only.
const LadderBackend& checked_lane_ladder();
// Every one that this processor can run, the fastest first and the portable one last. One that fails its self-test is
// left out; `failed_self_test` names it.
struct Ladders {
    std::vector<const LadderBackend*> available;
    std::string_view failed_self_test;
};
const Ladders& ladders();
std::span<const LadderBackend* const> available_ladders();
// The one in use: the fastest available, unless use_ladder() has named another.
const LadderBackend& ladder();
// Before the first proof is verified. False if there is none of this name.
bool use_ladder(std::string_view name);

// A debugging aid: runs every available ladder and aborts where one differs. What ladder() gives in builds with
// -DSLUICE_COMPARE_LADDERS=ON.
const LadderBackend& comparing_ladder();

// s*G + e*P by plain double-and-add with complete formulas: slow, and right for every input. The yardstick of the back
// ends.
Jacobian multiply_add_complete(const Scalar& s, const Scalar& e, const Affine& p);

}  // namespace sluice::confidential::detail
