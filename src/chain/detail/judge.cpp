#include "chain/detail/judge.h"

#include "codec/hex.h"
#include "consensus/rules/block_check.h"
#include "consensus/rules/connect.h"
#include "consensus/rules/header_check.h"
#include "consensus/rules/verify.h"
#include "federation/rules/dynafed.h"

namespace sluice::chain::judge {

Judges::Judges(const ChainParams& params) : version_bits(std::make_unique<rules::VersionBits>(params)) {}
Judges::~Judges() = default;

tl::unexpected<Failure> unknown_parent(const BlockHash& parent) {
    return rules::broken(rules::Rule::kHeaderPrevUnknown, at_header(), {{"previous", to_display(parent)}});
}
tl::unexpected<Failure> invalid_parent(const BlockHash& parent) {
    return rules::broken(rules::Rule::kHeaderPrevInvalid, at_header(), {{"previous", to_display(parent)}});
}

Judged<void> header_alone(const BlockHeader& header, const ChainParams& params) {
    return rules::check_block_proof(header, params);
}
Judged<void> header_in_place(const BlockHeader& header, const HeaderView& branch, const ChainParams& params,
                             Judges& judges, int64_t now) {
    return rules::check_header_in_place(header, branch, params, *judges.version_bits, now);
}
Hash256 proposed_root(const BlockHeader& header) { return fed_rules::entry_root(header.dynafed().proposed); }

Judged<void> block_alone(const Block& block, const ChainParams& params, bool check_proof) {
    return rules::check_block(block, params, check_proof ? rules::ProofCheck::kRequired : rules::ProofCheck::kSkipped);
}
Judged<void> block_in_place(const Block& block, const HeaderView& branch, const ChainParams& params) {
    return rules::check_block_in_place(block, branch, params);
}

Judged<rules::BlockDelta> block_on_coins(const Block& block, const Place& place, runtime::WorkerPool& workers) {
    rules::ConnectContext context{place.params, place.branch, place.coins, *place.judges.version_bits};
    context.parent_view = place.parent;
    context.pegin_depth = place.check_pegin_depth ? rules::PeginDepth::kJudged : rules::PeginDepth::kNotJudged;
    context.accepted_pegins = &place.accepted_pegins;
    context.trust = place.assumed_valid ? rules::Trust::kAssumedValid : rules::Trust::kNone;
    rules::Connected connected = TRY(rules::connect_block(block, context));
    const auto run_all = [&](size_t count, const std::function<bool(size_t)>& check) {
        return workers.run_all(count, check);
    };
    TRY_VOID(rules::verify(connected, run_all, &place.judges.proofs));
    return std::move(connected.delta);
}

}  // namespace sluice::chain::judge
