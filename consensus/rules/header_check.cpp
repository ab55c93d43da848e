#include "consensus/rules/header_check.h"

#include "codec/hex.h"
#include "consensus/rules/limits.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"

namespace sluice::rules {
namespace {

// The least version that blocks must have at a height (BIP34, BIP66, BIP65).
int32_t least_version(int64_t height, const ChainParams& params) {
    if (height >= params.bip65_height) return 4;
    if (height >= params.bip66_height) return 3;
    return height >= params.bip34_height ? 2 : INT32_MIN;
}

std::string hex32(uint32_t number) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) out.push_back(kDigits[(number >> shift) & 15]);
    return out;
}

// What a dynafed header lacks counts as an empty challenge.
const Script& challenge_of(const BlockHeader& header) {
    static const Script kNone;
    return header.is_dynafed() ? kNone : header.proof().challenge;
}

}  // namespace

Judged<void> check_block_proof(const BlockHeader& header, const ChainParams& params) {
    if (!fed_rules::check_block_proof(header, params))
        return broken(Rule::kBlockProof, at_header(), {}, "proof of work failed");
    return {};
}

Judged<void> check_header_in_place(const BlockHeader& header, const HeaderView& parents, const ChainParams& params,
                                   VersionBits& version_bits, int64_t now) {
    const uint32_t height = parents.height() + 1;
    const bool dynafed = version_bits.active_after(parents, Deployment::kDynafed);
    // A legacy header repeats the challenge of its parent.
    if (!dynafed) {
        const auto parent = parents.header_at(parents.height());
        if (challenge_of(header) != challenge_of(*parent)) {
            return broken(Rule::kHeaderChallenge, at_header(),
                          {{"challenge", to_hex(challenge_of(header).view())},
                           {"expected", to_hex(challenge_of(*parent).view())}},
                          "incorrect proof of work");
        }
    }
    if (const uint32_t median = parents.median_time_past_at(parents.height()); header.time <= median) {
        return broken(Rule::kHeaderTimeOld, at_header(), {{"time", header.time}, {"median", median}},
                      "block's timestamp is too early");
    }
    if (header.height != height)
        return broken(Rule::kHeaderHeight, at_header(), {{"height", header.height}, {"expected", height}});
    if (int64_t{header.time} > now + kMaxFutureTime) {
        return broken(Rule::kHeaderTimeNew, at_header(), {{"time", header.time}, {"limit", now + kMaxFutureTime}},
                      "block timestamp too far in the future");
    }
    if (const int32_t least = least_version(height, params); header.version < least) {
        const std::string version = hex32(static_cast<uint32_t>(header.version));
        return broken_with(Rule::kHeaderVersion, version, at_header(),
                           {{"version", header.version}, {"minimum", least}, {"height", height}},
                           "rejected nVersion=" + version + " block");
    }
    if (!dynafed) return {};
    Judged<void> federated = fed_rules::check_dynafed_header(header, parents, params);
    if (!federated && federated.error().kind == Failure::Kind::kInvalid)
        federated.error().breach.rule = info(Rule::kHeaderDynafed).name;
    return federated;
}

}  // namespace sluice::rules
