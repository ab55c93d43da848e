#include "peg/parent/script.h"

#include "codec/writer.h"

namespace sluice::parent {

namespace {

constexpr int64_t kDustRate = 3000;  // sat/kvB
// What spending the output later costs: outpoint, sequence, script length, and a signature with its key, which weighs a
// quarter in a witness.
constexpr int64_t kSpendLegacy = 32 + 4 + 1 + 107 + 4;
constexpr int64_t kSpendWitness = 32 + 4 + 1 + 107 / 4 + 4;

// Version of a witness program, or nullopt.
std::optional<int> witness_version(ByteView script) {
    if (script.size() < 4 || script.size() > 42 || script[1] != script.size() - 2) return std::nullopt;
    if (script[0] == 0x00) return 0;
    if (script[0] >= 0x51 && script[0] <= 0x60) return script[0] - 0x50;
    return std::nullopt;
}

}  // namespace

std::optional<OutputKind> classify(const Script& script) {
    const ByteView s = script.bytes;
    if (const std::optional<int> version = witness_version(s)) {
        if (*version > 0) return OutputKind::kWitnessFuture;
        if (s.size() == 22) return OutputKind::kP2wpkh;
        if (s.size() == 34) return OutputKind::kP2wsh;
        return std::nullopt;
    }
    if (s.size() == 25 && s[0] == 0x76 && s[1] == 0xa9 && s[2] == 20 && s[23] == 0x88 && s[24] == 0xac) {
        return OutputKind::kP2pkh;
    }
    if (s.size() == 23 && s[0] == 0xa9 && s[1] == 20 && s[22] == 0x87) return OutputKind::kP2sh;
    return std::nullopt;
}

int64_t dust_limit(const Script& script) {
    if (is_unspendable(script) && !script.empty()) return 0;
    SizeWriter size;
    describe(size, ParentTxOut{{}, script});
    const bool witness = witness_version(script.bytes).has_value();
    return (static_cast<int64_t>(size.size()) + (witness ? kSpendWitness : kSpendLegacy)) * kDustRate / 1000;
}

Script p2wsh(const Script& witness_script) {
    Script out{{0x00, 0x20}};
    append(out.bytes, sha256(witness_script.view()).view());
    return out;
}

}  // namespace sluice::parent
