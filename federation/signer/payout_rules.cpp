#include "federation/signer/payout_rules.h"

#include <algorithm>
#include <set>

#include "consensus/primitives/merkle.h"
#include "peg/ledger/facts.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegout.h"

namespace sluice::signer {
namespace {

using agreement::OutPointId;

template <class OutPointType>
OutPointId id_of(const OutPointType& outpoint) {
    return OutPointId::from_view(encode(outpoint));
}

// The block is the followed one and holds exactly these transactions.
bool is_followed(const Block& block, const PayoutContext& context) {
    const auto hash = context.followed(block.header.height);
    if (!hash || *hash != compute_hash(block.header) || block.transactions.empty()) return false;
    const TxMerkleRoot root = tx_merkle_root(block.transactions);
    return !root.mutated && root.root == block.header.merkle_root;
}

std::optional<ledger::PlanRecord> plan_of(const Block& block) {
    const auto records = ledger::read_coinbase(block.transactions.front()->tx);
    return records.plan ? ledger::decode_plan(*records.plan) : std::nullopt;
}

Script program_of(const Script& witness_script) {
    Bytes program{0x00, 0x20};
    append(program, sha256(witness_script.view()).view());
    return Script{program};
}

}  // namespace

Result<PayoutClearance> clear_payout(const PayoutRequest& request, const PayoutContext& context) {
    if (!request.plan_block || !is_followed(*request.plan_block, context)) return fail("the PLAN is not in a followed block");
    const auto record = plan_of(*request.plan_block);
    if (!record || request.entry >= record->entries.size()) return fail("the followed block holds no such PLAN entry");
    const ledger::PlanEntry& entry = record->entries[request.entry];
    if (entry.kind == ledger::PlanKind::kRelease || entry.tx.inputs.empty()) return fail("nothing to sign in this entry");
    if (request.paid.size() != entry.requests.size()) return fail("not every request was shown");
    if (request.inputs.size() != entry.tx.inputs.size()) return fail("not every input was shown");

    PayoutClearance out;
    out.tx = entry.tx;
    const OutPointId pivot = id_of(entry.tx.inputs.front().prevout);  // the planner puts the pivot first
    out.record.txid = Hash256::from(compute_txid(entry.tx));
    out.record.pivot = pivot;

    // Releases that were shown, by the pivot that they set free.
    std::set<parent::ParentTxid> released;
    for (const auto& block : request.releases) {
        if (!block || !is_followed(*block, context)) return fail("a release is not in a followed block");
        const auto other = plan_of(*block);
        for (const auto& each : other ? other->entries : std::vector<ledger::PlanEntry>{}) {
            if (each.kind == ledger::PlanKind::kRelease) released.insert(each.batch);
        }
    }
    const auto was_released = [&](const OutPointId& old_pivot) {
        for (const auto& known : context.journal.payouts) {
            if (known.second.pivot == old_pivot && released.contains(parent::ParentTxid::from(known.first))) return true;
        }
        return false;
    };

    for (size_t i = 0; i < request.paid.size(); ++i) {
        const auto& paid = request.paid[i];
        if (!paid.block || !is_followed(*paid.block, context)) return fail("a request is not in a followed block");
        if (paid.transaction >= paid.block->transactions.size()) return fail("a request does not exist");
        const ParsedTx& tx = *paid.block->transactions[paid.transaction];
        if (paid.output >= tx.tx.outputs.size()) return fail("a request does not exist");
        const auto pegout = peg::parse_pegout(tx.tx.outputs[paid.output], context.params);
        if (!pegout) return fail("an output shown as a request is none");
        if (i >= entry.tx.outputs.size() || entry.tx.outputs[i].script != pegout->destination ||
            entry.tx.outputs[i].value != pegout->amount) {
            return fail("an output does not pay what its request asks");
        }
        const OutPointId id = id_of(OutPoint{tx.txid, paid.output});
        if (std::ranges::find(out.record.requests, id) != out.record.requests.end()) return fail("a request is paid twice");
        const auto known = context.journal.requests.find(id);
        if (known != context.journal.requests.end() && known->second.pivot != pivot && !was_released(known->second.pivot)) {
            return fail("a request belongs to another batch");
        }
        out.record.requests.push_back(id);
        out.requests.push_back({id, pivot, 0});
    }
    for (size_t i = request.paid.size(); i < entry.tx.outputs.size(); ++i) {
        const bool ours = std::ranges::any_of(context.sets, [&](const ledger::PayoutSet& set) {
            return program_of(set.witness_script) == entry.tx.outputs[i].script;
        });
        if (!ours) return fail("an output pays neither a request nor the federation");
    }

    int64_t in = 0;
    int64_t paid_out = 0;
    for (size_t i = 0; i < request.inputs.size(); ++i) {
        ledger::InputToSign input = request.inputs[i];
        if (input.outpoint != entry.tx.inputs[i].prevout || input.set >= context.sets.size()) return fail("inputs differ from the PLAN");
        input.witness_script = context.sets[input.set].witness_script;
        if (input.claim_script) {
            const auto tweaked = peg::tweak_fedpegscript(input.witness_script, *input.claim_script);
            if (!tweaked) return fail("a script cannot be tweaked");
            input.witness_script = *tweaked;
        }
        input.digest = parent::segwit_sighash_all(entry.tx, i, input.witness_script, input.value);
        if (!in_money_range(input.value)) return fail("an input's value is out of range");
        in += input.value.sat;
        out.inputs.push_back(std::move(input));
    }
    for (const auto& output : entry.tx.outputs) paid_out += output.value.sat;
    if (in < paid_out || in - paid_out > context.max_fee) return fail("the fee is above the limit");
    return out;
}

}  // namespace sluice::signer
