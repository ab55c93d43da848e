#include "peg/ledger/facts.h"

#include "consensus/primitives/issuance.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "peg/parent/script.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"
#include "peg/proof/pegout.h"

namespace sluice::ledger {

namespace {

constexpr std::array<uint8_t, 4> kCommitmentTag{0x0a, 0x8c, 0xe2, 0x6f};
constexpr std::string_view kPlanTag = "SLPN";

// The one push after OP_RETURN, if the script is that.
std::optional<ByteView> single_push(const Script& script) {
    script::ScriptParser parser(script.view());
    const auto first = parser.next();
    if (!first || first->opcode != script::OP_RETURN) return std::nullopt;
    const auto second = parser.next();
    if (!second || !second->is_push() || !parser.at_end()) return std::nullopt;
    return second->data;
}

class Collector {
public:
    Collector(const ChainParams& chain, const LedgerParams& params) : chain_(chain), params_(params) {}

    BlockFacts run(const Block& block, uint32_t payout_set) {
        facts_.height = block.header.height;
        facts_.hash = compute_hash(block.header);
        facts_.payout_set = payout_set;
        const CoinbaseRecords records = read_coinbase(block.transactions.front()->tx);
        facts_.committed = records.committed.value_or(ParentBlockHash{});
        facts_.plan = records.plan;
        for (const TxRef& tx : block.transactions) read_transaction(*tx);
        // What the coinbase pays out beyond the fees is a subsidy: coins made from nothing.
        const int64_t kept = fees_ - coinbase_;
        (kept >= 0 ? facts_.unclaimed_fees : facts_.issued).sat += kept >= 0 ? kept : -kept;
        return std::move(facts_);
    }

private:
    void read_transaction(const ParsedTx& parsed) {
        const Transaction& tx = parsed.tx;
        for (const TxIn& input : tx.inputs) {
            if (input.is_pegin) read_claim(input);
            if (!input.issuance.is_null()) read_issuance(input);
        }
        for (uint32_t i = 0; i < tx.outputs.size(); ++i) read_output(tx, {parsed.txid, i}, tx.outputs[i]);
    }

    void read_claim(const TxIn& input) {
        const auto said = peg::parse_claim(input.witness.pegin_witness);
        const WitnessStack& stack = input.witness.pegin_witness;
        const auto deposit = said ? parent::decode_parent_tx(stack[4]) : std::nullopt;
        const auto proof = said ? decode<parent::MerkleBlock>(stack[5]) : std::nullopt;
        if (!said || !deposit || !proof || input.prevout.index >= deposit->outputs.size()) {
            facts_.fault = "a claim that cannot be read";
            return;
        }
        Claim claim;
        claim.height = facts_.height;
        claim.outpoint = {ParentTxid::from(input.prevout.txid), input.prevout.index};
        claim.value = said->value;
        claim.claim_script = said->claim_script;
        claim.block = parent::compute_hash(proof->header);
        for (const parent::ParentTxIn& funding : deposit->inputs) claim.funding_inputs.push_back(funding.prevout);
        const Script& script = deposit->outputs[input.prevout.index].script;
        for (uint32_t i = 0; i < params_.sets.size() && !claim.set; ++i) {
            const auto tweaked = peg::tweak_fedpegscript(params_.sets[i].witness_script, claim.claim_script);
            if (!tweaked) continue;
            const Script program = parent::p2wsh(*tweaked);
            if (script == program) {
                claim.set = i;
            } else if (script == script::p2sh_of(program)) {
                claim.set = i;
                claim.redeem_script = program;
            }
        }
        facts_.claims.push_back(std::move(claim));
    }

    void read_issuance(const TxIn& input) {
        const IssuanceIds ids = issuance_ids(input);
        const bool makes_pegged = ids.asset == chain_.pegged_asset;
        if (!makes_pegged || input.issuance.amount.is_null()) return;
        if (input.issuance.amount.is_explicit()) {
            facts_.issued.sat += input.issuance.amount.explicit_value().sat;
        } else {
            facts_.fault = "an issuance of the pegged asset whose amount is hidden";
        }
    }

    void read_output(const Transaction& tx, const OutPoint& outpoint, const TxOut& output) {
        if (!output.is_explicit() || output.asset.explicit_value() != chain_.pegged_asset) return;
        const Amount value = output.value.explicit_value();
        if (tx.is_coinbase()) coinbase_ += value.sat;
        if (output.is_fee()) {
            if (!tx.is_coinbase()) fees_ += value.sat;
            return;
        }
        if (const auto pegout = peg::parse_pegout(output, chain_)) {
            Request request;
            request.outpoint = outpoint;
            request.script = pegout->destination;
            request.amount = pegout->amount;
            facts_.requests.push_back(std::move(request));
        } else if (is_unspendable(output.script)) {
            facts_.burns.sat += value.sat;
        }
    }

    const ChainParams& chain_;
    const LedgerParams& params_;
    BlockFacts facts_;
    int64_t fees_ = 0;
    int64_t coinbase_ = 0;
};

}  // namespace

CoinbaseRecords read_coinbase(const Transaction& coinbase) {
    CoinbaseRecords out;
    for (const TxOut& output : coinbase.outputs) {
        const std::optional<ByteView> push = single_push(output.script);
        if (!push) continue;
        if (!out.committed && push->size() == 36 && equal(push->first(4), kCommitmentTag)) {
            out.committed = ParentBlockHash::from_view(push->subspan(4));
        } else if (!out.plan && push->size() >= kPlanTag.size() && as_text(push->first(kPlanTag.size())) == kPlanTag) {
            out.plan = to_bytes(push->subspan(kPlanTag.size()));
        }
    }
    return out;
}

Script make_commitment_script(const ParentBlockHash& hash) {
    Bytes push(kCommitmentTag.begin(), kCommitmentTag.end());
    append(push, hash.view());
    return script::ScriptBuilder().op(script::OP_RETURN).push(push).build();
}

Script make_plan_script(ByteView plan) {
    Bytes push = to_bytes(as_bytes(kPlanTag));
    append(push, plan);
    return script::ScriptBuilder().op(script::OP_RETURN).push(push).build();
}

Bytes claimed_transaction(const Block& block, const ParentOutPoint& deposit) {
    for (const TxRef& tx : block.transactions) {
        for (const TxIn& input : tx->tx.inputs) {
            const bool claims = input.is_pegin && input.prevout.index == deposit.index &&
                                ParentTxid::from(input.prevout.txid) == deposit.txid;
            if (claims && peg::parse_claim(input.witness.pegin_witness)) return input.witness.pegin_witness[4];
        }
    }
    return {};
}

BlockFacts facts_of(const Block& block, const ChainParams& chain, const LedgerParams& params, uint32_t payout_set) {
    return Collector(chain, params).run(block, payout_set);
}

}  // namespace sluice::ledger
