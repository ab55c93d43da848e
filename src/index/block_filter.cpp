#include "index/block_filter.h"

#include <algorithm>

#include "codec/reader.h"
#include "codec/writer.h"

namespace sluice::index {
namespace {

constexpr unsigned kRemainderBits = 19;           // P
constexpr uint64_t kFalsePositiveRate = 784'931;  // M: one in so many

uint64_t little_endian(ByteView bytes) {
    uint64_t out = 0;
    for (size_t i = 8; i-- > 0;) out = out << 8 | bytes[i];
    return out;
}

// The elements as numbers below count * M, in order.
std::vector<uint64_t> hashed(const BlockHash& block, const FilterElements& elements, uint64_t count) {
    const uint64_t k0 = little_endian(block.view().first(8));
    const uint64_t k1 = little_endian(block.view().subspan(8, 8));
    const uint64_t range = count * kFalsePositiveRate;
    std::vector<uint64_t> out;
    out.reserve(elements.size());
    for (const Bytes& element : elements) {
        const uint64_t hash = siphash24(k0, k1, element);
        out.push_back(static_cast<uint64_t>(static_cast<unsigned __int128>(hash) * range >> 64));
    }
    std::ranges::sort(out);
    return out;
}

// Most significant bit first.
class BitWriter {
public:
    void put(uint64_t value, unsigned bits) {
        while (bits-- > 0) bit((value >> bits & 1) != 0);
    }
    void bit(bool set) {
        if (used_ == 0) bytes_.push_back(0);
        if (set) bytes_.back() = static_cast<uint8_t>(bytes_.back() | 0x80 >> used_);
        used_ = (used_ + 1) % 8;
    }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
    unsigned used_ = 0;  // bits of the last byte
};

class BitReader {
public:
    explicit BitReader(ByteView bytes) : bytes_(bytes) {}
    bool bit() {
        if (at_ / 8 >= bytes_.size()) {
            ended_ = true;
            return false;
        }
        const bool set = (bytes_[at_ / 8] >> (7 - at_ % 8) & 1) != 0;
        ++at_;
        return set;
    }
    uint64_t golomb() {
        uint64_t quotient = 0;
        while (bit()) ++quotient;
        uint64_t remainder = 0;
        for (unsigned i = 0; i < kRemainderBits; ++i) remainder = remainder << 1 | (bit() ? 1 : 0);
        return quotient << kRemainderBits | remainder;
    }
    [[nodiscard]] bool ended() const { return ended_; }

private:
    ByteView bytes_;
    size_t at_ = 0;
    bool ended_ = false;
};

}  // namespace

FilterElements basic_filter_elements(const Block& block, const std::vector<Script>& spent) {
    constexpr uint8_t kReturn = 0x6a;
    FilterElements out;
    for (const TxRef& tx : block.transactions) {
        for (const TxOut& output : tx->tx.outputs) {
            if (!output.script.empty() && output.script.bytes[0] != kReturn) out.insert(output.script.bytes);
        }
    }
    for (const Script& script : spent) {
        if (!script.empty()) out.insert(script.bytes);
    }
    return out;
}

Bytes encode_filter(const BlockHash& block, const FilterElements& elements) {
    ByteWriter out;
    out.compact_size(elements.size());
    BitWriter bits;
    uint64_t last = 0;
    for (const uint64_t value : hashed(block, elements, elements.size())) {
        const uint64_t delta = value - last;
        for (uint64_t i = 0; i < delta >> kRemainderBits; ++i) bits.bit(true);
        bits.bit(false);
        bits.put(delta, kRemainderBits);
        last = value;
    }
    out.raw(bits.bytes());
    return out.release();
}

Result<bool> filter_matches(ByteView filter, const BlockHash& block, const FilterElements& wanted) {
    Reader reader(filter);
    const uint64_t count = reader.compact_size();
    // Each element takes at least 20 bits.
    if (!reader.ok() || count > filter.size()) return fail("a block filter is damaged");
    if (count == 0 || wanted.empty()) return false;
    const std::vector<uint64_t> sought = hashed(block, wanted, count);
    BitReader bits(filter.subspan(filter.size() - reader.remaining()));
    auto at = sought.begin();
    uint64_t value = 0;
    for (uint64_t i = 0; i < count; ++i) {
        value += bits.golomb();
        if (bits.ended()) return fail("a block filter is damaged");
        while (at != sought.end() && *at < value) ++at;
        if (at == sought.end()) return false;
        if (*at == value) return true;
    }
    return false;
}

Hash256 filter_header(ByteView filter, const Hash256& previous) {
    Bytes joined = to_bytes(sha256d(filter).view());
    append(joined, previous.view());
    return sha256d(joined);
}

}  // namespace sluice::index
