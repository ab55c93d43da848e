#include "consensus/rules/connect.h"

#include <algorithm>
#include <set>

#include "codec/hex.h"
#include "consensus/rules/limits.h"
#include "consensus/rules/locktime.h"
#include "consensus/rules/pak.h"
#include "consensus/rules/script_flags.h"
#include "consensus/rules/sigops.h"
#include "consensus/rules/tx_inputs.h"
#include "federation/rules/dynafed.h"

namespace sluice::rules {
namespace {

// The parent's coins with what the block has changed so far on top.
class BlockCoins final : public CoinView {
public:
    explicit BlockCoins(const CoinView& below) : below_(below) {}

    [[nodiscard]] std::optional<Coin> get(const OutPoint& outpoint) const override {
        const auto found = changed_.find(outpoint);
        return found != changed_.end() ? found->second : below_.get(outpoint);
    }
    [[nodiscard]] bool pegin_spent(const PeginId& pegin) const override {
        return pegins_.contains(pegin) || below_.pegin_spent(pegin);
    }
    void put(const OutPoint& outpoint, const Coin& coin) { changed_[outpoint] = coin; }
    void spend(const OutPoint& outpoint) { changed_[outpoint] = std::nullopt; }
    void claim(const PeginId& pegin) { pegins_.insert(pegin); }

private:
    const CoinView& below_;
    std::map<OutPoint, std::optional<Coin>> changed_;
    std::set<PeginId> pegins_;
};

Judged<void> check_coinbase_destination(const Transaction& coinbase, const ChainParams& params) {
    if (params.mandatory_coinbase_destination.empty()) return {};
    for (const TxOut& out : coinbase.outputs) {
        // Fact: the reference dies of a committed asset here; it is refused below as any other in a coinbase.
        if (!out.asset.is_explicit() || out.asset.explicit_value() != params.policy_asset) continue;
        const bool pays = !out.value.is_explicit() || out.value.explicit_value().sat != 0;
        if (pays && out.script != params.mandatory_coinbase_destination) return broken(Rule::kBlockCoinbaseDestination);
    }
    return {};
}

// BIP30. Where every block after genesis has its height in its coinbase, no two transactions have one id: a coinbase by
// its height, any other by the outputs that it alone spends.
Judged<void> check_overwrites(const Block& block, const ConnectContext& c) {
    if (c.params.bip34_height <= 1) return {};
    for (const TxRef& tx : block.transactions) {
        for (uint32_t i = 0; i < tx->tx.outputs.size(); ++i) {
            if (c.coins.get({tx->txid, i})) return broken(Rule::kBlockOverwrites, "tried to overwrite transaction");
        }
    }
    return {};
}

Judged<void> check_pegouts(const Block& block, const ConnectContext& c) {
    if (!c.params.enforce_pak || !block.header.is_dynafed()) return {};
    const auto list = fed_rules::parse_pak_list(fed_rules::full_parameters(c.parents, c.params).extension_space);
    for (const TxRef& tx : block.transactions) {
        if (!pegouts_are_authorized(tx->tx, list, c.params)) return broken(Rule::kBlockPak);
    }
    return {};
}

// The walk over the block's transactions.
class Connecting {
public:
    Connecting(const Block& block, const ConnectContext& context)
        : block_(block),
          c_(context),
          height_(context.parents.height() + 1),
          coins_(context.coins),
          flags_(block_script_flags(context.params, context.parents, context.version_bits)),
          fedpegs_(fed_rules::fedpeg_scripts_in(block.header, context.parents, context.params)) {}

    Judged<Connected> run() {
        for (const TxRef& tx : block_.transactions) {
            if (tx->tx.is_coinbase()) {
                sigops_ += sigop_cost(tx->tx, {}, flags_);
            } else {
                TRY_VOID(spend(tx));
            }
            if (sigops_ > kMaxBlockSigopsCost) return broken(Rule::kBlockSigops, "too many sigops");
            create(*tx);
        }
        TRY_VOID(check_reward());
        if (too_shallow_) return tl::make_unexpected(std::move(*too_shallow_));
        return std::move(out_);
    }

private:
    Judged<void> spend(const TxRef& tx) {
        const bool trusted = c_.trust == Trust::kAssumedValid;
        TxInputs inputs = TRY(check_tx_inputs(tx->tx, coins_, {c_.params, height_, fedpegs_, !trusted}));
        if (!accumulate(out_.delta.fees, inputs.fees)) return broken(Rule::kTxFeeTotalRange);
        if (static_cast<int64_t>(height_) >= c_.params.csv_height &&
            !locks_released(sequence_locks(tx->tx, inputs.heights, c_.parents), c_.parents)) {
            return broken(Rule::kBlockNonFinal, "contains a non-BIP68-final transaction");
        }
        for (const peg::PeginProof& pegin : inputs.pegins) {
            judge(pegin);
            coins_.claim(pegin_id(pegin));
            out_.delta.pegins.push_back(pegin_id(pegin));
        }
        auto coin = inputs.coins.begin();
        for (const TxIn& in : tx->tx.inputs) {
            if (in.is_pegin) continue;
            coins_.spend(in.prevout);
            out_.delta.spent.push_back({in.prevout, std::move(*coin++)});
        }
        sigops_ += sigop_cost(tx->tx, inputs.spent, flags_);
        if (trusted) return {};
        const auto spending = make_spending(tx, std::move(inputs.spent), c_.params.genesis_hash);
        append_checks(out_.checks, spending, flags_);
        if (inputs.amounts == AmountsLeft::kPoints) out_.hidden.push_back(spending);
        return {};
    }

    void judge(const peg::PeginProof& pegin) {
        const OutPoint deposit = pegin_id(pegin).deposit;
        const bool accepted = c_.accepted_pegins != nullptr && c_.accepted_pegins->contains(deposit);
        if (c_.pegin_depth == PeginDepth::kNotJudged || accepted || too_shallow_) return;
        Judged<void> depth = c_.parent_view != nullptr ? peg::judge_depth(pegin, *c_.parent_view, c_.params)
                                                       : Judged<void>(deferred("no view of the parent chain yet"));
        if (depth) return;
        too_shallow_ = std::move(depth).error();
        too_shallow_->detail = "deposit " + to_display(deposit.txid) + ":" + std::to_string(deposit.index);
    }

    void create(const ParsedTx& tx) {
        const size_t before = out_.delta.created.size();
        append_coins(out_.delta.created, tx, height_);
        for (size_t i = before; i < out_.delta.created.size(); ++i)
            coins_.put(out_.delta.created[i].outpoint, out_.delta.created[i].coin);
    }

    Judged<void> check_reward() const {
        AmountMap reward = out_.delta.fees;
        if (!accumulate(reward,
                        {{c_.params.subsidy_asset, Amount{c_.params.subsidy_at(static_cast<int32_t>(height_))}}})) {
            return broken(Rule::kBlockRewardRange);
        }
        return check_coinbase_amounts(block_.transactions[0]->tx, reward);
    }

    const Block& block_;
    const ConnectContext& c_;
    const uint32_t height_;
    BlockCoins coins_;
    const script::Flags flags_;
    const std::vector<FedpegScript> fedpegs_;
    int64_t sigops_ = 0;
    std::optional<Failure> too_shallow_;
    Connected out_;
};

}  // namespace

void append_coins(std::vector<CoinChange>& created, const ParsedTx& tx, uint32_t height) {
    const bool coinbase = tx.tx.is_coinbase();
    for (uint32_t i = 0; i < tx.tx.outputs.size(); ++i) {
        const TxOut& out = tx.tx.outputs[i];
        if (is_unspendable(out.script)) continue;
        TxOut kept;
        kept.asset = out.asset;
        kept.value = out.value;
        kept.script = out.script;
        created.push_back({{tx.txid, i}, {std::move(kept), height, coinbase}});
    }
}

Judged<Connected> connect_block(const Block& block, const ConnectContext& context) {
    TRY_VOID(check_coinbase_destination(block.transactions[0]->tx, context.params));
    TRY_VOID(check_overwrites(block, context));
    TRY_VOID(check_pegouts(block, context));
    return Connecting(block, context).run();
}

BlockDelta connect_genesis(const ChainParams& params) {
    BlockDelta delta;
    if (!params.connect_genesis_outputs) return delta;
    for (const TxRef& tx : params.genesis.transactions) append_coins(delta.created, *tx, 0);
    return delta;
}

}  // namespace sluice::rules
