// The vocabulary of agreement: heights, views, members, quorums (doc/federation-protocol.md; federation-design sections
// 1, 2). Values only; any thread.
#pragma once

#include <bit>
#include <chrono>
#include <cstdint>
#include <vector>

#include "consensus/primitives/ids.h"
#include "crypto/hash.h"

namespace sluice::agreement {

using Height = uint32_t;
// Views count from 0; -1 means "none" (no lock, no polka, not begun).
using View = int32_t;
inline constexpr View kNoView = -1;
inline constexpr View kMaxView = 1 << 30;
// Position in script key order. Links, envelopes and payout signatures name members by their place in the manifest's
// list instead, which no change of the set moves.
using MemberIndex = uint8_t;
inline constexpr size_t kMaxMembers = 20;  // CHECKMULTISIG's limit
using Bitmap = uint32_t;                   // bit i: member i
using Milliseconds = std::chrono::milliseconds;

using ManifestHash = FixedBytes<struct ManifestHashTag, 32>;
using InstanceId = FixedBytes<struct InstanceTag, 16>;  // drawn at each start of a signer
// R || S with low S: one encoding only. Used for what members sign among themselves; block signatures are DER.
using Signature = FixedBytes<struct AgreementSignatureTag, 64>;

inline constexpr bool has_member(Bitmap bitmap, MemberIndex member) { return ((bitmap >> member) & 1) != 0; }
inline constexpr Bitmap member_bit(MemberIndex member) { return Bitmap{1} << member; }
inline int count_members(Bitmap bitmap) { return std::popcount(bitmap); }

// The members that sign one height, with the threshold of the block script. A function of the parent block.
struct Committee {
    BlockHash genesis;
    Hash256 params_root;      // of the parameters in force at the height: part of every digest
    uint32_t threshold = 0;   // k
    std::vector<Bytes> keys;  // compressed block keys, script key order

    [[nodiscard]] size_t size() const { return keys.size(); }
    [[nodiscard]] uint32_t quorum() const { return threshold; }
    // Views named by this many members cannot all be inventions while a quorum is honest.
    [[nodiscard]] uint32_t skip_count() const { return static_cast<uint32_t>(keys.size()) - threshold + 1; }
    [[nodiscard]] MemberIndex proposer(Height height, View view) const {
        return static_cast<MemberIndex>((uint64_t{height} + static_cast<uint64_t>(view)) % keys.size());
    }
    // Two disjoint quorums would need no liar at all.
    [[nodiscard]] bool is_sound() const {
        return !keys.empty() && keys.size() <= kMaxMembers && threshold <= keys.size() && 2 * threshold > keys.size();
    }
    bool operator==(const Committee&) const = default;
};

// Checks a signature of a member. A port so that the simulator can run without elliptic curves; EcdsaVerifier
// (ecdsa_verifier.h) is the real one.
class Verifier {
public:
    virtual ~Verifier() = default;
    [[nodiscard]] virtual bool verify(ByteView key, const Hash256& digest, const Signature& signature) const = 0;
    // A block signature: DER, low S, no sighash byte, over the block hash itself.
    [[nodiscard]] virtual bool verify_block(ByteView key, const BlockHash& hash, ByteView der) const = 0;
};

// Manifest, table of section 8. Timeouts of a view grow linearly up to `cap`.
struct Timing {
    Milliseconds interval{1000};
    Milliseconds propose{1500};
    Milliseconds prevote{500};
    Milliseconds precommit{500};
    uint32_t growth_percent = 50;
    Milliseconds cap{10'000};
    Milliseconds resend{300};
    bool operator==(const Timing&) const = default;
};

// Of one step in one view: base * (1 + view * growth), at most cap (or base, if that is more).
Milliseconds timeout(const Timing& timing, Milliseconds base, View view);

}  // namespace sluice::agreement
