// From what is to be paid to a draft that pays it: coins, change, fee.
#include <algorithm>

#include "consensus/primitives/issuance.h"
#include "util/random.h"
#include "wallet/coin_selection.h"
#include "wallet/draft.h"

namespace sluice::wallet {
namespace {

constexpr int kFeeRounds = 20;        // a fee that moves the selection settles in few
constexpr int64_t kDustChange = 100;  // satoshi; less costs more to spend than it is worth and may not be relayed
constexpr int64_t kBlindedChangeSize = 1100;  // virtual bytes that a blinded output adds, about
constexpr int64_t kInputSize = 70;  // virtual bytes of a signed input, about: a coin worth less is no help with the fee

struct Planned {
    TxOut out;
    std::optional<PubKey> receiver;
    bool change = false;
    std::optional<PubKey> change_key = {};  // for whom change is blinded, if it is
};

Result<Amount> sum(Amount a, Amount b) {
    const auto out = add(a, b);
    if (!out || !in_money_range(*out)) return fail("Invalid amount");
    return *out;
}

}  // namespace

class Wallet::Builder {
public:
    Builder(Wallet& wallet, const Order& order)
        : wallet_(wallet), order_(order), policy_(wallet.options_.policy_asset) {}

    Result<Draft> run() {
        TRY_VOID(set_targets());
        collect_candidates();
        for (int round = 0; round < kFeeRounds; ++round) {
            TRY_VOID(draw());
            const Amount enough =
                fee_for(draft_.tx, draft_.spent, draft_.receivers, draft_.blind_issuance, wallet_.options_.proof,
                        wallet_.options_.params->create_discount_ct, order_.fee_rate);
            if (fee_ >= enough && !draft_.tx.inputs.empty()) return checked();
            fee_ = enough;
        }
        return fail("the fee does not settle");
    }

private:
    // What is thrown in with the fee counts as fee.
    Result<Draft> checked() {
        if (draft_.tx.outputs.back().value.explicit_value() > wallet_.options_.max_fee)
            return fail("Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
        return std::move(draft_);
    }

    Status set_targets() {
        if (order_.recipients.empty() && !order_.issue && order_.inputs.empty()) {
            return fail("Transaction must have at least one recipient");
        }
        for (const Recipient& to : order_.recipients) {
            const bool may_be_nothing = is_unspendable(to.script);
            if (to.amount.sat < 0 || (to.amount.sat == 0 && !may_be_nothing) || !in_money_range(to.amount))
                return fail("Invalid amount");
            targets_[to.asset] = TRY(sum(targets_[to.asset], to.amount));
            if (!to.subtract_fee) continue;
            if (to.asset != policy_)
                return fail("Wallet does not support subtracting the fee from an asset that pays no fees");
            payers_.push_back(&to);
        }
        for (const Order::Input& input : order_.inputs) {
            const Opened& opened = input.spent.opened;
            preset_[opened.asset] = TRY(sum(preset_[opened.asset], opened.value));
        }
        return {};
    }

    void collect_candidates() {
        const CoinChoice& choice = order_.coins;
        if (!choice.any) return;
        std::set<OutPoint> named;
        for (const Order::Input& input : order_.inputs) named.insert(input.in.prevout);
        for (const WalletCoin& coin : wallet_.unspent()) {
            if (wallet_.is_watch_only(coin.out.script) && !choice.watch_only) continue;
            if (!coin.mature() || !(coin.trusted() || choice.unsafe)) continue;
            if (coin.depth == 0 && !wallet_.options_.spend_zero_conf_change) continue;
            if (coin.depth < choice.min_depth || coin.depth > choice.max_depth) continue;
            if (named.contains(coin.outpoint) || wallet_.locked_coins_.contains(coin.outpoint)) continue;
            if (coin.opened.asset == policy_ && coin.opened.value.sat <= kInputSize * order_.fee_rate / 1000) continue;
            candidates_[coin.opened.asset].push_back({coin.outpoint, coin.opened.value, coin.depth > 0});
            coins_.emplace(coin.outpoint, coin);
        }
    }

    // One attempt with the fee as it is thought to be.
    Status draw() {
        draft_ = Draft{};
        planned_.clear();
        for (const Order::Input& input : order_.inputs) {
            draft_.tx.inputs.push_back(input.in);
            draft_.spent.push_back(input.spent);
        }
        draft_.tx.lock_time = 0;
        Amount paid_fee = fee_;
        TRY_VOID(select(paid_fee));
        TRY_VOID(plan_recipients());
        TRY_VOID(plan_issuance());
        settle_blinding();
        arrange();
        for (Planned& each : planned_) {
            if (each.change && draft_.change_position < 0)
                draft_.change_position = static_cast<int64_t>(draft_.tx.outputs.size());
            draft_.tx.outputs.push_back(std::move(each.out));
            draft_.receivers.push_back(std::move(each.receiver));
        }
        // The fee output weighs the same whatever it says.
        draft_.tx.outputs.push_back(pay_to({}, policy_, paid_fee));
        draft_.receivers.emplace_back();
        return {};
    }

    Status select(Amount& paid_fee) {
        std::map<AssetId, Amount> needed = targets_;
        if (payers_.empty()) {
            const auto with_fee = sum(needed[policy_], fee_);
            if (!with_fee) return fail("Insufficient funds");  // nobody has so much
            needed[policy_] = *with_fee;
        }
        for (const auto& [asset, have] : preset_) needed[asset];
        for (const auto& [asset, target] : needed) {
            const auto named = preset_.find(asset);
            Amount total = named == preset_.end() ? Amount{} : named->second;
            if (total < target) {
                const Selection chosen = TRY(select_coins(candidates_[asset], Amount{target.sat - total.sat}));
                for (const Candidate& coin : chosen.coins) add_input(coins_.at(coin.outpoint));
                total = TRY(sum(total, chosen.total));
            }
            const Amount change{total.sat - target.sat};
            if (change.sat == 0) continue;
            if (asset == policy_ && change.sat < least_change()) {
                paid_fee = TRY(sum(paid_fee, change));
                continue;
            }
            const ChangeTo to = TRY(change_to(asset));
            planned_.push_back({pay_to(to.script, asset, change), std::nullopt, true, to.blinding_key});
        }
        return {};
    }

    void add_input(const WalletCoin& coin) {
        TxIn in;
        in.prevout = coin.outpoint;
        in.sequence = order_.replaceable ? kSequenceFinal - 2 : kSequenceFinal - 1;
        draft_.tx.inputs.push_back(std::move(in));
        draft_.spent.push_back({coin.out, coin.opened, wallet_.dummy_scripts(coin.out.script)});
    }

    // Change that costs more than it brings goes to the fee.
    [[nodiscard]] int64_t least_change() const {
        const bool blinded = wallet_.options_.blinded_addresses || draft_.spends_blinded();
        return blinded ? std::max(kDustChange, kBlindedChangeSize * order_.fee_rate / 1000) : kDustChange;
    }

    // Taken once, so that rounds of the fee do not use up addresses. Change to a stranger is blinded with the
    // stranger's key or not at all.
    Result<ChangeTo> change_to(const AssetId& asset) {
        const auto named = order_.change.find(asset);
        ChangeTo out;
        if (named != order_.change.end()) {
            out = named->second;
        } else {
            const auto known = change_scripts_.find(asset);
            if (known == change_scripts_.end()) {
                const KeyChain chain = chain_of(order_.change_type.value_or(wallet_.options_.change_type), true);
                change_scripts_[asset] = TRY(wallet_.next_script(chain, ""));
            }
            out.script = change_scripts_.at(asset);
        }
        if (!out.blinding_key && wallet_.is_mine(out.script)) out.blinding_key = wallet_.view_->pubkey_of(out.script);
        return out;
    }

    Status plan_recipients() {
        for (const Recipient& to : order_.recipients) {
            Amount amount = to.amount;
            if (to.subtract_fee) {
                const auto count = static_cast<int64_t>(payers_.size());
                amount.sat -= fee_.sat / count + (&to == payers_.front() ? fee_.sat % count : 0);
                if (amount.sat <= 0) return fail("The transaction amount is too small to pay the fee");
            }
            planned_.push_back({pay_to(to.script, to.asset, amount), to.blinding_key, false});
        }
        return {};
    }

    Status plan_issuance() {
        if (!order_.issue || draft_.tx.inputs.empty()) return {};
        const IssueOrder& issue = *order_.issue;
        TxIn& in = draft_.tx.inputs.front();
        if (issue.amount.sat > 0) in.issuance.amount = issue.amount;
        if (issue.tokens.sat > 0) in.issuance.inflation_keys = issue.tokens;
        if (order_.more_of) {
            in.issuance.entropy = *order_.more_of;
            in.issuance.blinding_nonce =
                decltype(in.issuance.blinding_nonce)::from(draft_.spent.front().opened.asset_blind);
        } else {
            in.issuance.entropy = issue.contract_hash;
        }
        draft_.blind_issuance = issue.blind;
        IssuanceIds ids = issuance_ids(in);
        if (!order_.more_of) ids.token = reissuance_token(ids.entropy, issue.blind && issue.amount.sat > 0);
        // Blinded whatever the addresses are: a token is good for reissuing only if it is blinded.
        const auto receive = [&](const Script& script, const AssetId& asset, Amount amount) {
            if (amount.sat > 0)
                planned_.push_back({pay_to(script, asset, amount), wallet_.view_->pubkey_of(script), false});
        };
        receive(order_.issued_script, ids.asset, issue.amount);
        receive(order_.token_script, ids.token, issue.tokens);
        return {};
    }

    // Decides which outputs are blinded besides those that were asked for. Blinds must add up to those of the inputs,
    // so something must be blinded if an input is; and one blinded output alone would hide nothing (confidential.md
    // section 10).
    void settle_blinding() {
        const bool hidden_inputs = draft_.spends_blinded() || draft_.blind_issuance;
        for (Planned& each : planned_) {
            if (each.change && (wallet_.options_.blinded_addresses || hidden_inputs)) each.receiver = each.change_key;
        }
        std::vector<Planned*> blinded;
        for (Planned& each : planned_) {
            if (each.receiver) blinded.push_back(&each);
        }
        if (!hidden_inputs && blinded.size() == 1 && blinded.front()->change) {
            blinded.front()->receiver.reset();
        } else if (hidden_inputs ? blinded.empty() : blinded.size() == 1) {
            if (!dummy_key_) dummy_key_ = SecretKey::generate().pubkey();
            planned_.push_back({dummy_output(policy_), dummy_key_, false});
        }
    }

    // In an order that does not tell which is change, or the given order with the change where it is wanted.
    void arrange() {
        if (!order_.keep_order) {
            for (size_t i = planned_.size(); i > 1; --i) std::swap(planned_[i - 1], planned_[random_below(i)]);
            return;
        }
        std::stable_partition(planned_.begin(), planned_.end(), [](const Planned& each) { return !each.change; });
        const auto change = std::ranges::find_if(planned_, &Planned::change);
        const size_t wanted = order_.change_position.value_or(static_cast<uint32_t>(planned_.size()));
        const auto at = planned_.begin() + static_cast<ptrdiff_t>(std::min<size_t>(
                                               wanted, static_cast<size_t>(change - planned_.begin())));
        std::rotate(at, change, planned_.end());
    }

    Wallet& wallet_;
    const Order& order_;
    const AssetId policy_;
    std::map<AssetId, Amount> targets_;
    std::map<AssetId, Amount> preset_;
    std::vector<const Recipient*> payers_;
    std::map<AssetId, std::vector<Candidate>> candidates_;
    std::map<OutPoint, WalletCoin> coins_;
    std::map<AssetId, Script> change_scripts_;
    std::optional<PubKey> dummy_key_;
    Amount fee_{0};
    Draft draft_;
    std::vector<Planned> planned_;
};

Result<Wallet::Draft> Wallet::build(const Order& order) { return Builder(*this, order).run(); }

}  // namespace sluice::wallet
