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

Judged<void> check_coinbase_destination(const ParsedTx& coinbase, const ChainParams& params) {
    if (params.mandatory_coinbase_destination.empty()) return {};
    for (size_t i = 0; i < coinbase.tx.outputs.size(); ++i) {
        const TxOut& out = coinbase.tx.outputs[i];
        // Fact: the reference dies of a committed asset here; it is refused below as any other in a coinbase.
        if (!out.asset.is_explicit() || out.asset.explicit_value() != params.policy_asset) continue;
        const bool pays = !out.value.is_explicit() || out.value.explicit_value().sat != 0;
        if (!pays || out.script == params.mandatory_coinbase_destination) continue;
        return broken(Rule::kBlockCoinbaseDestination, in_block(at_output(i), 0, coinbase.txid),
                      {{"script", to_hex(out.script.view())},
                       {"expected", to_hex(params.mandatory_coinbase_destination.view())}});
    }
    return {};
}

// BIP30. Where every block after genesis has its height in its coinbase, no two transactions have one id: a coinbase by
// its height, any other by the outputs that it alone spends.
Judged<void> check_overwrites(const Block& block, const ConnectContext& c) {
    if (c.params.bip34_height <= 1) return {};
    for (size_t n = 0; n < block.transactions.size(); ++n) {
        const ParsedTx& tx = *block.transactions[n];
        for (uint32_t i = 0; i < tx.tx.outputs.size(); ++i) {
            const OutPoint outpoint{tx.txid, i};
            if (!c.coins.get(outpoint)) continue;
            return broken(Rule::kBlockOverwrites, in_block(at_output(i), n, tx.txid),
                          {{"outpoint", to_display(outpoint)}}, "tried to overwrite transaction");
        }
    }
    return {};
}

Judged<void> check_pegouts(const Block& block, const ConnectContext& c) {
    if (!c.params.enforce_pak || !block.header.is_dynafed()) return {};
    const auto list = fed_rules::parse_pak_list(fed_rules::full_parameters(c.parents, c.params).extension_space);
    for (size_t n = 0; n < block.transactions.size(); ++n) {
        const ParsedTx& tx = *block.transactions[n];
        if (const auto bad = unauthorized_pegout(tx.tx, list, c.params)) {
            return broken(Rule::kBlockPak, in_block(at_output(*bad), n, tx.txid), {{"entries", list.size()}});
        }
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
        for (size_t n = 0; n < block_.transactions.size(); ++n) {
            const TxRef& tx = block_.transactions[n];
            if (tx->tx.is_coinbase()) {
                sigops_ += sigop_cost(tx->tx, {}, flags_);
            } else if (auto spent = spend(tx, n); !spent) {
                return in_block(std::move(spent).error(), n, tx->txid);
            }
            if (sigops_ > kMaxBlockSigopsCost) {
                return broken(Rule::kBlockSigops, in_block(at_transaction(), n, tx->txid),
                              {{"cost", sigops_}, {"limit", kMaxBlockSigopsCost}}, "too many sigops");
            }
            create(*tx);
        }
        TRY_VOID(check_reward());
        if (too_shallow_) return tl::make_unexpected(std::move(*too_shallow_));
        return std::move(out_);
    }

private:
    Judged<void> spend(const TxRef& tx, size_t n) {
        const bool trusted = c_.trust == Trust::kAssumedValid;
        TxInputs inputs = TRY(check_tx_inputs(tx->tx, coins_, {c_.params, height_, fedpegs_, !trusted}));
        if (const auto asset = add_all(out_.delta.fees, inputs.fees)) {
            const int64_t fee = inputs.fees.at(*asset).sat;  // both in the range of money
            return broken(Rule::kTxFeeTotalRange, at_transaction(),
                          {{"asset", to_display(*asset)},
                           {"amount", fee},
                           {"total", out_.delta.fees[*asset].sat + fee},
                           {"limit", kMaxMoney.sat}});
        }
        if (static_cast<int64_t>(height_) >= c_.params.csv_height) {
            const SequenceLocks locks = sequence_locks(tx->tx, inputs.heights, c_.parents);
            if (!locks_released(locks, c_.parents)) return locked(locks);
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
        const auto spending = make_spending(tx, std::move(inputs.spent), c_.params.genesis_hash, n);
        append_checks(out_.checks, spending, flags_);
        if (inputs.amounts == AmountsLeft::kPoints) out_.hidden.push_back(spending);
        return {};
    }

    [[nodiscard]] tl::unexpected<Failure> locked(const SequenceLocks& locks) const {
        return broken(Rule::kBlockNonFinal, at_transaction(),
                      {{"height", height_},
                       {"minimum_height", locks.height + 1},
                       {"time", c_.parents.median_time_past_at(c_.parents.height())},
                       {"minimum_time", locks.time + 1}},
                      "contains a non-BIP68-final transaction");
    }

    void judge(const peg::PeginProof& pegin) {
        const OutPoint deposit = pegin_id(pegin).deposit;
        const bool accepted = c_.accepted_pegins != nullptr && c_.accepted_pegins->contains(deposit);
        if (c_.pegin_depth == PeginDepth::kNotJudged || accepted || too_shallow_) return;
        Judged<void> depth = c_.parent_view != nullptr ? peg::judge_depth(pegin, *c_.parent_view, c_.params)
                                                       : Judged<void>(deferred("no view of the parent chain yet"));
        if (depth) return;
        too_shallow_ = std::move(depth).error();
        too_shallow_->detail = "deposit " + to_display(deposit);
        too_shallow_->breach.values.emplace_back("deposit", to_display(deposit));
    }

    void create(const ParsedTx& tx) {
        const size_t before = out_.delta.created.size();
        append_coins(out_.delta.created, tx, height_);
        for (size_t i = before; i < out_.delta.created.size(); ++i)
            coins_.put(out_.delta.created[i].outpoint, out_.delta.created[i].coin);
    }

    Judged<void> check_reward() const {
        AmountMap reward = out_.delta.fees;
        const AssetId& asset = c_.params.subsidy_asset;
        const Amount subsidy{c_.params.subsidy_at(static_cast<int32_t>(height_))};
        if (add_all(reward, {{asset, subsidy}})) {
            return broken(Rule::kBlockRewardRange, at_block(),
                          {{"asset", to_display(asset)},
                           {"subsidy", subsidy.sat},
                           {"fees", reward[asset].sat},
                           {"limit", kMaxMoney.sat}});
        }
        const ParsedTx& coinbase = *block_.transactions[0];
        auto paid = check_coinbase_amounts(coinbase.tx, reward);
        if (!paid) return in_block(std::move(paid).error(), 0, coinbase.txid);
        return {};
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
    TRY_VOID(check_coinbase_destination(*block.transactions[0], context.params));
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
