// Bitcoin block headers and the arithmetic of proof of work.
#pragma once

#include "crypto/hash.h"
#include "peg/parent/ids.h"
#include "peg/parent/u256.h"

namespace sluice::parent {

struct ParentHeader {
    static constexpr size_t kSize = 80;

    int32_t version = 0;
    ParentBlockHash previous;
    ParentMerkleRoot merkle_root;
    uint32_t time = 0;  // Unix seconds
    uint32_t bits = 0;  // compact target
    uint32_t nonce = 0;
    auto operator<=>(const ParentHeader&) const = default;
};
template <class A, Like<ParentHeader> T>
void describe(A& a, T& h) {
    field(a, h.version);
    field(a, h.previous);
    field(a, h.merkle_root);
    field(a, h.time);
    field(a, h.bits);
    field(a, h.nonce);
}
ParentBlockHash compute_hash(const ParentHeader& header);

// The target that `bits` encode; nullopt if it is zero, negative or above 2^256.
std::optional<U256> target_of(uint32_t bits);
// The shortest encoding, rounded down to 23 significant bits.
uint32_t compact_of(const U256& target);
// Expected number of hashes to meet the target: 2^256 / (target + 1). Zero for bits that encode none.
U256 work_of(uint32_t bits);

// The hash meets the target that the header claims, and that target is not easier than `limit`.
bool check_pow(const ParentBlockHash& hash, uint32_t bits, const U256& limit);

}  // namespace sluice::parent
