#include "node/pool_adapter.h"

namespace sluice::node {
namespace {

using sync::TxResult;

// Parents that neither the chain nor the pool has. Deposits of peg-ins are the parent chain's: no peer of ours has
// them.
std::vector<Txid> missing_parents(const Transaction& tx, ChainService& chain) {
    std::vector<Txid> out;
    const chain::TipCoinView coins = chain.chain().coins();
    for (const TxIn& in : tx.inputs) {
        if (in.is_pegin || chain.pool().find(in.prevout.txid) != nullptr || coins.get(in.prevout)) continue;
        if (std::ranges::find(out, in.prevout.txid) == out.end()) out.push_back(in.prevout.txid);
    }
    return out;
}

TxResult to_result(const mempool::Refusal& refusal, const TxRef& tx, ChainService& chain) {
    TxResult out;
    out.reason = refusal.reason;
    switch (refusal.kind) {
        case mempool::RefusalKind::kInvalid: out.invalid = true; break;
        case mempool::RefusalKind::kWitness: out.stripped = !tx->tx.has_witness(); break;
        case mempool::RefusalKind::kPolicy: break;
        case mempool::RefusalKind::kFee: break;
        case mempool::RefusalKind::kMissingInputs:
            out.kind = TxResult::Kind::kMissingInputs;
            out.missing = missing_parents(tx->tx, chain);
            // All parents are here: the output was spent.
            if (out.missing.empty()) out.kind = TxResult::Kind::kRejected;
            break;
        case mempool::RefusalKind::kConflict:
            if (chain.pool().find(tx->txid) != nullptr) out.kind = TxResult::Kind::kKnown;
            break;
        case mempool::RefusalKind::kPremature: out.kind = TxResult::Kind::kDeferred; break;
        case mempool::RefusalKind::kFault:
            out.kind = TxResult::Kind::kDeferred;
            chain.watch(Failure{Failure::Kind::kFault, refusal.reason, refusal.detail, false});
            break;
    }
    return out;
}

}  // namespace

PoolAdapter::PoolAdapter(ChainService& chain, runtime::EventLoop& net_loop)
    : chain_(chain), net_loop_(net_loop), min_rate_(chain.pool().policy().min_relay.sat_per_kvb) {
    chain.add_pool_listener([this](const mempool::PoolEvent&) {
        min_rate_.store(chain_.pool().min_rate().sat_per_kvb, std::memory_order_relaxed);
    });
}

void PoolAdapter::accept(TxRef tx, std::function<void(TxResult)> done) {
    chain_.loop().post([this, tx = std::move(tx), done = std::move(done)] {
        const auto accepted = chain_.pool().accept(tx);
        TxResult result;
        if (accepted) {
            result.kind = TxResult::Kind::kAccepted;
        } else {
            result = to_result(accepted.error(), tx, chain_);
        }
        net_loop_.post([done, result = std::move(result)] { done(result); });
    });
}

sync::RelayTx PoolAdapter::to_relay(const mempool::Entry& entry) {
    return {entry.tx, entry.fee.sat, static_cast<uint32_t>(entry.discount_vsize)};
}

}  // namespace sluice::node
