#include "consensus/rules/header_check.h"

#include "consensus/rules/limits.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"

namespace sluice::rules {
namespace {

// Each row: the version that blocks must have from a height on (BIP34, BIP66, BIP65).
bool is_outdated(int32_t version, int64_t height, const ChainParams& params) {
    return (version < 2 && height >= params.bip34_height) || (version < 3 && height >= params.bip66_height) ||
           (version < 4 && height >= params.bip65_height);
}

std::string hex32(uint32_t number) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) out.push_back(kDigits[(number >> shift) & 15]);
    return out;
}

// A legacy header repeats the challenge of its parent; what a dynafed header or parent lacks counts as an empty
// challenge.
bool repeats_challenge(const BlockHeader& header, const BlockHeader& parent) {
    static const Script kNone;
    const Script& ours = header.is_dynafed() ? kNone : header.proof().challenge;
    const Script& theirs = parent.is_dynafed() ? kNone : parent.proof().challenge;
    return ours == theirs;
}

}  // namespace

Judged<void> check_block_proof(const BlockHeader& header, const ChainParams& params) {
    if (!fed_rules::check_block_proof(header, params)) return broken(Rule::kBlockProof, "proof of work failed");
    return {};
}

Judged<void> check_header_in_place(const BlockHeader& header, const HeaderView& parents, const ChainParams& params,
                                   VersionBits& version_bits, int64_t now) {
    const uint32_t height = parents.height() + 1;
    const bool dynafed = version_bits.active_after(parents, Deployment::kDynafed);
    if (!dynafed && !repeats_challenge(header, *parents.header_at(parents.height()))) {
        return broken(Rule::kHeaderChallenge, "incorrect proof of work");
    }
    if (header.time <= parents.median_time_past_at(parents.height())) {
        return broken(Rule::kHeaderTimeOld, "block's timestamp is too early");
    }
    if (header.height != height) return broken(Rule::kHeaderHeight);
    if (int64_t{header.time} > now + kMaxFutureTime)
        return broken(Rule::kHeaderTimeNew, "block timestamp too far in the future");
    if (is_outdated(header.version, height, params)) {
        const std::string version = hex32(static_cast<uint32_t>(header.version));
        return broken_with(Rule::kHeaderVersion, version, "rejected nVersion=" + version + " block");
    }
    if (dynafed) return fed_rules::check_dynafed_header(header, parents, params);
    return {};
}

}  // namespace sluice::rules
