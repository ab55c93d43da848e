#include "federation/member/acceptance.h"

#include <algorithm>

#include "federation/rules/dynafed.h"
#include "peg/ledger/facts.h"
#include "peg/parent/merkle_block.h"
#include "peg/proof/pegin.h"

namespace sluice::member {
namespace {

using agreement::Judgement;

Acceptance no(std::string reason) { return {Judgement::kNo, std::move(reason), {}}; }
Acceptance wait_for(std::string what) { return {Judgement::kDeferred, std::move(what), {}}; }

bool begins_with(const Script& script, std::initializer_list<uint8_t> bytes) {
    return script.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), script.bytes.begin());
}

bool has_claims(const Block& block) {
    return std::ranges::any_of(block.transactions, [](const TxRef& tx) {
        return std::ranges::any_of(tx->tx.inputs, [](const TxIn& in) { return in.is_pegin; });
    });
}

// Null, or a set of the manifest at or after its start, never of an earlier set than the newest that has started.
bool entry_is_known(const DynafedEntry& entry, const Manifest& manifest, uint32_t height) {
    if (entry.is_null()) return true;
    const Hash256 root = fed_rules::entry_root(entry);
    for (auto set = manifest.sets.rbegin(); set != manifest.sets.rend(); ++set) {
        if (set->start_height > height) continue;
        return fed_rules::entry_root(dynafed_entry(*set)) == root;
    }
    return false;
}

std::optional<parent::MerkleBlock> claim_proof(const TxIn& in) {
    if (in.witness.pegin_witness.size() != peg::kPeginStack) return std::nullopt;
    return decode<parent::MerkleBlock>(in.witness.pegin_witness[5]);
}

}  // namespace

Result<CoinbaseLayout> read_layout(const Transaction& coinbase, const ChainParams& params) {
    const ledger::CoinbaseRecords records = ledger::read_coinbase(coinbase);
    const auto& outputs = coinbase.outputs;
    if (!records.committed) return fail("no commitment to a Bitcoin block");
    const size_t expected = records.plan ? 4 : 3;
    if (outputs.size() != expected) return fail("the coinbase has outputs that a federation's does not");
    if (outputs[0].script != ledger::make_commitment_script(*records.committed))
        return fail("the commitment is not first");
    if (records.plan && outputs[1].script != ledger::make_plan_script(*records.plan))
        return fail("the PLAN is not second");
    const TxOut& fee = outputs[expected - 2];
    const bool burnt = fee.script.bytes == Bytes{0x6a};
    const bool paid =
        !params.mandatory_coinbase_destination.empty() && fee.script == params.mandatory_coinbase_destination;
    if (!burnt && !paid) return fail("the fee output is out of place");
    for (const TxOut& output : outputs) {
        if (!output.is_explicit() || (&output != &fee && output.value.explicit_value().sat != 0)) {
            return fail("a coinbase record carries value");
        }
    }
    if (burnt && fee.value.explicit_value().sat != 0) return fail("the fee output burns value");
    if (!begins_with(outputs.back().script, {0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed}))
        return fail("the witness commitment is not last");
    return CoinbaseLayout{*records.committed, records.plan};
}

bool commitment_advances(const ParentSnapshot& parent, const parent::ParentBlockHash& prev,
                         const parent::ParentBlockHash& c) {
    if (!parent.height_in_best(c)) return false;
    const auto work = parent.work(c);
    const auto before = parent.work(prev);
    return work && *work > before.value_or(parent::U256());
}

bool claim_is_deep(const Transaction& tx, const ParentSnapshot& parent, uint32_t c_height, const ChainParams& params) {
    for (const TxIn& in : tx.inputs) {
        if (!in.is_pegin) continue;
        const auto proof = claim_proof(in);
        const auto height = proof ? parent.height_in_best(parent::compute_hash(proof->header)) : std::nullopt;
        if (!height || *height > c_height) return false;
        const auto matches = parent::extract_matches(proof->tree);
        const bool is_coinbase = matches && matches->matches.size() == 1 && matches->matches[0].index == 0;
        const uint32_t least = params.parent.pegin_min_depth;
        const uint32_t required = is_coinbase ? std::max(least, peg::kParentCoinbaseMaturity) : least;
        if (c_height - *height + 1 < required) return false;
    }
    return true;
}

Acceptance judge_acceptance(const Block& block, const AcceptanceInput& in) {
    const BlockHeader& header = block.header;
    if (header.time <= in.prev_time) return no("its time is not after its parent's");
    if (int64_t{header.time} > in.wall + in.manifest.timing.drift) return no("its time is ahead of my clock");
    if (!header.is_dynafed()) return no("not a block with federation parameters");
    if (!entry_is_known(header.dynafed().proposed, in.manifest, header.height))
        return no("it proposes unknown parameters");
    const auto layout = read_layout(block.transactions.front()->tx, in.params);
    if (!layout) return no(layout.error().message);

    const bool claims = has_claims(block);
    const bool repeats = layout->commitment == in.prev_commitment;
    if (in.view > 0 && (claims || layout->plan || !repeats))
        return no("a later view carries nothing that depends on Bitcoin");
    if (!claims && !layout->plan && repeats) return {Judgement::kYes, {}, {}};

    if ((claims || layout->plan) && in.frozen)
        return no("frozen: no claims and no payouts until the operator clears it");
    if (!in.parent) return wait_for("Bitcoin's headers");
    if (!repeats && !commitment_advances(*in.parent, in.prev_commitment, layout->commitment)) {
        return wait_for("the Bitcoin block that it commits to, with more work than the last");
    }
    if (!claims && !layout->plan) return {Judgement::kYes, {}, {}};
    const auto c_height = in.parent->height_in_best(layout->commitment);
    if (!c_height) return wait_for("the Bitcoin block that it commits to in my best chain");

    Acceptance out{Judgement::kYes, {}, {}};
    for (const TxRef& tx : block.transactions) {
        if (!claim_is_deep(tx->tx, *in.parent, *c_height, in.params)) return wait_for("depth of a claimed deposit");
        for (const TxIn& input : tx->tx.inputs) {
            if (!input.is_pegin) continue;
            out.deposits.push_back({parent::ParentTxid::from(input.prevout.txid), input.prevout.index});
        }
    }
    if (!layout->plan) return out;

    const auto said = ledger::decode_plan(*layout->plan);
    if (!said) return no("its PLAN does not decode");
    const auto view = in.parent->view_at(layout->commitment);
    if (!view) return wait_for("the coins of the federation at the Bitcoin block that it commits to");
    const auto& planner = in.manifest.planner;
    if (!ledger::accept_rate(planner, said->rate, in.fee_estimate)) return no("its fee rate is far from mine");
    const ledger::Evaluation evaluation = evaluate(in.ledger, *view);
    const ledger::Plan mine = plan(in.ledger, evaluation, *view, {said->rate, false, in.cancel, in.set});
    if (mine.empty() || encode_plan(mine.record) != *layout->plan) return no("its PLAN is not the one that I compute");
    return out;
}

}  // namespace sluice::member
