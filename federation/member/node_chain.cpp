#include "federation/member/node_chain.h"

#include <algorithm>

#include "federation/rules/dynafed.h"
#include "mempool/mempool.h"
#include "peg/ledger/facts.h"

namespace sluice::member {
namespace {

bool is_claim(const Transaction& tx) {
    return std::ranges::any_of(tx.inputs, [](const TxIn& in) { return in.is_pegin; });
}

Result<BlockRef> build_now(const NodeChain::Needs& needs, const BuildRequest& request) {
    if (needs.chain.reader().tip().hash != request.prev) return fail("the tip has moved on");
    assembly::BlockRequest wanted;
    wanted.time = request.time;
    wanted.commitments.push_back(ledger::make_commitment_script(request.commitment));
    wanted.proposed = request.proposed;
    if (request.plan) wanted.commitments.push_back(ledger::make_plan_script(*request.plan));
    wanted.may_go = [&request](const mempool::Entry& entry) {
        if (!is_claim(entry.tx->tx)) return true;
        return request.claims && (!request.claim_fits || request.claim_fits(entry.tx->tx));
    };
    return BlockRef(TRY(assembly::new_block(needs.chain, needs.pool, needs.tips, wanted)));
}

}  // namespace

NodeChain::NodeChain(const Needs& needs, OnConnected connected, OnDisconnected disconnected, OnHeader header)
    : needs_(needs) {
    needs_.chain.add_listener([this, connected = std::move(connected), disconnected = std::move(disconnected),
                               header = std::move(header)](const chain::ChainEvent& event) {
        if (const auto* up = std::get_if<chain::BlockConnected>(&event)) {
            needs_.federation.post([connected, hash = up->info.hash, block = up->block] { connected(hash, block); });
        } else if (const auto* down = std::get_if<chain::BlockDisconnected>(&event)) {
            needs_.federation.post(
                [disconnected, hash = down->info.hash, height = down->info.height] { disconnected(hash, height); });
        } else if (const auto* seen = std::get_if<chain::HeaderAccepted>(&event)) {
            needs_.federation.post(
                [header, hash = seen->info.hash, height = seen->info.height] { header(hash, height); });
        }
    });
}

Tip NodeChain::tip() const {
    const chain::ChainTip tip = needs_.chain.reader().tip();
    return {tip.hash, tip.height, tip.time};
}

Result<BlockRef> NodeChain::block_at(uint32_t height) const {
    const auto info = needs_.chain.reader().at_height(height);
    if (!info) return fail("no block at height " + std::to_string(height));
    return needs_.chain.reader().block(info->hash);
}

std::optional<BlockHash> NodeChain::hash_at(uint32_t height) const {
    const auto info = needs_.chain.reader().at_height(height);
    if (!info) return std::nullopt;
    return info->hash;
}

Result<DynafedEntry> NodeChain::parameters_after(const BlockHash& tip) const {
    const chain::HeaderViewPtr branch = needs_.chain.reader().branch(tip);
    if (!branch) return fail("unknown block");
    return fed_rules::full_parameters(*branch, needs_.chain.params());
}

void NodeChain::build(BuildRequest request, std::function<void(Result<BlockRef>)> done) {
    needs_.state.post([this, request = std::move(request), done = std::move(done)] {
        auto built = build_now(needs_, request);
        needs_.federation.post([done, built = std::move(built)] { done(built); });
    });
}

void NodeChain::test(BlockRef block, std::function<void(TestVerdict)> done) {
    needs_.state.post([this, block = std::move(block), done = std::move(done)] {
        TestVerdict verdict;
        auto tested = needs_.chain.test_block(block, {});
        if (!tested && tested.error().kind == Failure::Kind::kDeferred) {
            verdict.ripens = tested.error().reason;
            tested = needs_.chain.test_block(block, {.check_proof = false, .check_pegin_depth = false});
        }
        if (!tested) verdict.rules = tl::make_unexpected(tested.error());
        needs_.federation.post([done, verdict] { done(verdict); });
    });
}

void NodeChain::submit(BlockRef block, std::function<void(Status)> done) {
    needs_.state.post([this, block = std::move(block), done = std::move(done)] {
        const chain::BlockOutcome outcome = needs_.chain.accept_block(block);
        Status status;
        // A deferred block is kept and connected when what is missing comes.
        const bool refused = outcome.failure && outcome.failure->kind != Failure::Kind::kDeferred;
        if (refused) status = fail(outcome.failure->reason + " " + outcome.failure->detail);
        needs_.federation.post([done, status] { done(status); });
    });
}

void NodeChain::set_final(uint32_t height) {
    needs_.state.post([this, height] {
        const uint32_t most = needs_.chain.reader().tip().height;
        needs_.chain.set_final_height(std::min(height, most));
    });
}

}  // namespace sluice::member
