#include "federation/signer/payout_rules.h"

#include <algorithm>
#include <set>

#include "consensus/primitives/merkle.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "federation/rules/dynafed.h"
#include "peg/ledger/facts.h"
#include "peg/parent/script.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegout.h"

namespace sluice::signer {
namespace {

using agreement::OutPointId;
using ledger::PlanEntry;
using ledger::PlanKind;

template <class OutPointType>
OutPointId id_of(const OutPointType& outpoint) {
    return OutPointId::from_view(encode(outpoint));
}

class Clearing {
public:
    Clearing(const PayoutRequest& request, const PayoutContext& context) : request_(request), context_(context) {}

    Result<PayoutClearance> run() {
        TRY_VOID(find_entry());
        TRY_VOID(read_releases());
        for (size_t i = 0; i < request_.paid.size(); ++i) TRY_VOID(check_request(i));
        TRY_VOID(check_change());
        TRY_VOID(check_coins());
        TRY_VOID(check_batch());
        return std::move(out_);
    }

private:
    // The block is the followed one and holds exactly these transactions.
    [[nodiscard]] bool is_followed(const std::shared_ptr<const Block>& block) const {
        if (!block || block->transactions.empty()) return false;
        const auto hash = context_.followed(block->header.height);
        if (!hash || *hash != compute_hash(block->header)) return false;
        const TxMerkleRoot root = tx_merkle_root(block->transactions);
        return !root.mutated && root.root == block->header.merkle_root;
    }

    static std::optional<ledger::PlanRecord> plan_of(const Block& block) {
        const auto records = ledger::read_coinbase(block.transactions.front()->tx);
        return records.plan ? ledger::decode_plan(*records.plan) : std::nullopt;
    }

    Status find_entry() {
        if (!is_followed(request_.plan_block)) return fail("the PLAN is not in a followed block");
        auto record = plan_of(*request_.plan_block);
        if (!record || request_.entry >= record->entries.size())
            return fail("the followed block holds no such PLAN entry");
        entry_ = std::move(record->entries[request_.entry]);
        if (entry_.kind == PlanKind::kRelease || entry_.tx.inputs.empty()) return fail("nothing to sign in this entry");
        if (request_.paid.size() != entry_.requests.size()) return fail("not every request was shown");
        if (request_.coins.size() != entry_.tx.inputs.size()) return fail("not every input was shown");
        out_.tx = entry_.tx;
        out_.record.txid = Hash256::from(compute_txid(entry_.tx));
        out_.record.batch = entry_.batch.is_zero() ? out_.record.txid : Hash256::from(entry_.batch);
        out_.record.pivot = id_of(entry_.tx.inputs.front().prevout);  // the planner puts the pivot first
        return {};
    }

    Status read_releases() {
        for (const auto& block : request_.releases) {
            if (!is_followed(block)) return fail("a release is not in a followed block");
            const auto plan = plan_of(*block);
            for (const auto& each : plan ? plan->entries : std::vector<PlanEntry>{}) {
                if (each.kind == PlanKind::kRelease) released_.insert(Hash256::from(each.batch));
            }
        }
        return {};
    }

    [[nodiscard]] bool was_released(const OutPointId& pivot) const {
        return std::ranges::any_of(context_.journal.payouts, [&](const auto& known) {
            return known.second.pivot == pivot && released_.contains(known.second.batch);
        });
    }

    Status check_request(size_t i) {
        const PayoutRequest::Paid& paid = request_.paid[i];
        if (!is_followed(paid.block)) return fail("a request is not in a followed block");
        if (paid.transaction >= paid.block->transactions.size()) return fail("a request does not exist");
        const ParsedTx& tx = *paid.block->transactions[paid.transaction];
        if (paid.output >= tx.tx.outputs.size()) return fail("a request does not exist");
        const auto pegout = peg::parse_pegout(tx.tx.outputs[paid.output], context_.params);
        if (!pegout) return fail("an output shown as a request is none");
        const auto& outputs = entry_.tx.outputs;
        if (i >= outputs.size() || outputs[i].script != pegout->destination || outputs[i].value != pegout->amount) {
            return fail("an output does not pay what its request asks");
        }
        const OutPointId id = id_of(OutPoint{tx.txid, paid.output});
        if (std::ranges::find(out_.record.requests, id) != out_.record.requests.end())
            return fail("a request is paid twice");
        const auto known = context_.journal.requests.find(id);
        const bool bound = known != context_.journal.requests.end() && known->second.pivot != out_.record.pivot;
        if (bound && !was_released(known->second.pivot)) return fail("a request belongs to another batch");
        out_.record.requests.push_back(id);
        out_.requests.push_back({id, out_.record.pivot, 0});
        return {};
    }

    // What is paid to nobody's request goes to the set that the PLAN's own block names as the active one.
    Status check_change() const {
        const BlockHeader& header = request_.plan_block->header;
        const Hash256 root = header.is_dynafed() ? fed_rules::entry_root(header.dynafed().current) : Hash256{};
        const auto active = std::ranges::find(context_.sets, root, &KnownSet::root);
        if (active == context_.sets.end())
            return fail("the PLAN's block is under parameters that the manifest does not list");
        const Script change = parent::p2wsh(active->payout.witness_script);
        for (size_t i = request_.paid.size(); i < entry_.tx.outputs.size(); ++i) {
            if (entry_.tx.outputs[i].script != change)
                return fail("an output pays neither a request nor the active federation");
        }
        return {};
    }

    // Script and amount of each coin, out of the transaction that made it: a host that lied about amounts could have a
    // fee signed that burns them.
    Status check_coins() {
        int64_t in = 0;
        int64_t paid = 0;
        std::set<parent::ParentOutPoint> spent;
        for (size_t i = 0; i < request_.coins.size(); ++i) {
            const PayoutRequest::Coin& coin = request_.coins[i];
            const parent::ParentTxIn& txin = entry_.tx.inputs[i];
            if (!spent.insert(txin.prevout).second) return fail("an input is spent twice");
            const auto funding = parent::decode_parent_tx(coin.funding);
            if (!funding || compute_txid(*funding) != txin.prevout.txid)
                return fail("an input's funding transaction was not shown");
            if (txin.prevout.index >= funding->outputs.size())
                return fail("an input spends an output that does not exist");
            const parent::ParentTxOut& made = funding->outputs[txin.prevout.index];
            if (!in_money_range(made.value)) return fail("an input's value is out of range");
            if (coin.set >= context_.sets.size()) return fail("an input is of a set that the manifest does not list");

            ledger::InputToSign input{txin.prevout, made.value, coin.set, coin.claim_script, {}, {}};
            input.witness_script = context_.sets[coin.set].payout.witness_script;
            if (coin.claim_script) {
                auto tweaked = peg::tweak_fedpegscript(input.witness_script, *coin.claim_script);
                if (!tweaked) return fail("a script cannot be tweaked");
                input.witness_script = std::move(*tweaked);
            }
            const Script program = parent::p2wsh(input.witness_script);
            const bool nested = made.script == script::p2sh_of(program);
            if (made.script != program && !nested)
                return fail("an input's coin is not of the set and tweak that were named");
            const Script unlocks = nested ? script::ScriptBuilder().push(program.view()).build() : Script{};
            if (txin.script_sig != unlocks) return fail("an input does not unlock its coin");
            input.digest = parent::segwit_sighash_all(entry_.tx, i, input.witness_script, input.value);
            in += input.value.sat;
            if (!in_money_range({in})) return fail("the inputs are worth more than there is");
            out_.inputs.push_back(std::move(input));
        }
        for (const auto& output : entry_.tx.outputs) {
            if (!in_money_range(output.value)) return fail("an output's value is out of range");
            paid += output.value.sat;
            if (paid > in) break;
        }
        if (in < paid) return fail("the outputs are worth more than the inputs");
        if (in - paid > context_.max_fee) return fail("the fee is above the limit");
        return {};
    }

    // What the final chain made of this entry: of two batches for one request, and of a batch with another pivot or
    // other requests in a later version, the ledger keeps the first.
    Status check_batch() const {
        const ledger::Batch* batch = context_.planned.find_batch(parent::ParentTxid::from(out_.record.batch));
        const auto is_this = [&](const ledger::Version& version) {
            return Hash256::from(version.txid) == out_.record.txid &&
                   version.height == request_.plan_block->header.height;
        };
        if (batch == nullptr || std::ranges::none_of(batch->versions, is_this)) {
            return fail("the final chain holds no such version of a batch");
        }
        if (batch->released_at) return fail("the batch was released");
        for (size_t i = 0; i < entry_.requests.size(); ++i) {
            const ledger::Request& named = context_.planned.requests().at(entry_.requests[i]);
            if (id_of(named.outpoint) != out_.record.requests[i])
                return fail("a request shown is not the one that the PLAN names");
        }
        return {};
    }

    const PayoutRequest& request_;
    const PayoutContext& context_;
    PlanEntry entry_;
    std::set<Hash256> released_;  // batches
    PayoutClearance out_;
};

}  // namespace

Result<PayoutClearance> clear_payout(const PayoutRequest& request, const PayoutContext& context) {
    return Clearing(request, context).run();
}

}  // namespace sluice::signer
