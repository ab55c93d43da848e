#include "assembly/assemble.h"

#include <algorithm>
#include <set>

#include "consensus/primitives/merkle.h"
#include "consensus/rules/block_check.h"
#include "consensus/rules/limits.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"

namespace sluice::assembly {
namespace {

constexpr size_t kCountGrowth = 8 * 4;       // weight by which the transaction count and a solution's length may grow
constexpr int64_t kReservedSigopCost = 400;  // for the coinbase
constexpr size_t kReservedValue = 32;        // bytes, zero by convention
constexpr size_t kMostLeftOut = 16;          // each costs a test of the block

Script op_true() { return Script{{script::OP_TRUE}}; }

TxOut data_output(const ChainParams& params, Script script) {
    TxOut out;
    out.asset = params.policy_asset;
    out.value = Amount{0};
    out.script = std::move(script);
    return out;
}

// Without the fee output's value.
Transaction make_coinbase(const ChainParams& params, const BlockRequest& request, uint32_t height) {
    Transaction tx;
    tx.inputs.emplace_back();
    script::ScriptBuilder script_sig;
    tx.inputs[0].script_sig = script_sig.number(height).op(script::OP_0).build();
    for (const Script& commitment : request.commitments) tx.outputs.push_back(data_output(params, commitment));
    tx.outputs.push_back(data_output(params, Script{{script::OP_RETURN}}));
    if (static_cast<int64_t>(height) >= params.segwit_height) {
        // Its script is filled in by finish(): outputs have no part in the witness root but by their number.
        tx.outputs.push_back(data_output(params, rules::witness_commitment_script({}, Bytes(kReservedValue, 0))));
        tx.inputs[0].witness.script_witness = {Bytes(kReservedValue, 0)};
    }
    return tx;
}

void pay_fees(Transaction& coinbase, size_t at, Amount reward, const ChainParams& params, const BlockRequest& request) {
    const Script& destination =
        params.mandatory_coinbase_destination.empty() ? request.fee_destination : params.mandatory_coinbase_destination;
    if (destination.empty() || reward.sat == 0) return;
    coinbase.outputs[at].value = reward;
    coinbase.outputs[at].script = destination;
}

// The header but for its Merkle root. Error: a vote that cannot be.
Result<BlockHeader> make_header(const mempool::Tip& tip, const ChainParams& params, const BlockRequest& request) {
    const uint32_t height = tip.headers.height() + 1;
    BlockHeader header;
    header.version = request.version.value_or(tip.version_bits.block_version_after(tip.headers));
    header.prev = tip.headers.hash_at(tip.headers.height());
    header.time = std::max(request.time, tip.headers.median_time_past_at(tip.headers.height()) + 1);
    header.height = height;
    if (tip.version_bits.active_after(tip.headers, Deployment::kDynafed)) {
        header.seal = DynafedHeader{fed_rules::expected_current(tip.headers, params), request.proposed, {}};
    } else {
        if (!request.proposed.is_null()) {
            return fail("Dynamic federations is not active on this network. Proposed parameters are not needed.");
        }
        const auto parent = tip.headers.header_at(tip.headers.height());
        header.seal = BlockProof{parent->is_dynafed() ? Script{} : parent->proof().challenge, {}};
    }
    return header;
}

// Weight that the signatures will add, whichever version of Elements counts it (ChainParams::signature_weight).
size_t proof_weight(const BlockHeader& header, const ChainParams& params) {
    const size_t bytes =
        header.is_dynafed() ? header.dynafed().current.signblock_witness_limit : params.max_block_signature_size;
    return 4 * bytes;
}

}  // namespace

void finish(Block& block) {
    Transaction coinbase = block.transactions[0]->tx;
    if (const auto at = rules::witness_commitment_output(coinbase)) {
        coinbase.outputs[*at].script = rules::witness_commitment_script(block.transactions, Bytes(kReservedValue, 0));
        block.transactions[0] = make_tx(std::move(coinbase));
    }
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
}

Result<std::shared_ptr<Block>> assemble(const mempool::Mempool& pool, const mempool::Tip& tip,
                                        const ChainParams& params, const BlockRequest& request) {
    auto block = std::make_shared<Block>();
    block->header = TRY(make_header(tip, params, request));
    const uint32_t height = block->header.height;
    Transaction coinbase = make_coinbase(params, request, height);
    const size_t fee_at = request.commitments.size();

    // What is there anyway, with the largest fee output.
    Transaction widest = coinbase;
    pay_fees(widest, fee_at, kMaxMoney, params, request);
    block->transactions = {make_tx(std::move(widest))};
    const size_t fixed = block_size(*block).weight() + proof_weight(block->header, params) + kCountGrowth;
    const size_t most = std::min(request.max_weight, rules::kMaxBlockWeight);
    if (fixed > most) return fail("the coinbase's commitments leave no room in a block");

    SelectLimits limits;
    limits.max_weight = most - std::min(most, std::max(fixed, request.reserved_weight));
    limits.max_sigop_cost = rules::kMaxBlockSigopsCost - kReservedSigopCost;
    limits.min_rate = request.min_rate;
    limits.reward = {{params.subsidy_asset, Amount{params.subsidy_at(static_cast<int32_t>(height))}}};
    const bool segwit = static_cast<int64_t>(height) >= params.segwit_height;
    limits.may_go = [&](const mempool::Entry& entry) {
        return (segwit || !entry.tx->tx.has_witness()) && (!request.may_go || request.may_go(entry));
    };
    Amount reward;
    for (const mempool::Entry* entry : select(pool, limits)) {
        block->transactions.push_back(entry->tx);
        reward = add(reward, entry->fee).value_or(reward);
    }
    if (params.subsidy_asset == params.policy_asset) {
        reward = add(reward, Amount{params.subsidy_at(static_cast<int32_t>(height))}).value_or(reward);
    }
    pay_fees(coinbase, fee_at, reward, params, request);
    block->transactions[0] = make_tx(std::move(coinbase));
    finish(*block);
    return block;
}

Result<std::shared_ptr<Block>> new_block(chain::ChainState& chain, mempool::Mempool& pool, mempool::TipSource& tips,
                                         const BlockRequest& request) {
    pool.follow();
    // A block must come about whatever the pool holds. What is named as the reason why the block does not stand the
    // test stays out; if nothing is, the claims (a reorganisation of the parent chain may have taken a deposit's depth
    // away); then everything.
    std::set<Txid> left_out;
    bool claims = true;
    bool bare = false;
    BlockRequest attempt = request;
    attempt.may_go = [&](const mempool::Entry& entry) {
        return !bare && !left_out.contains(entry.tx->txid) && (claims || entry.pegins.empty()) &&
               (!request.may_go || request.may_go(entry));
    };
    std::string why;
    while (true) {
        Result<std::shared_ptr<Block>> block = fail("the tip was not read");
        const std::optional<Error> fault =
            tips.with_tip([&](const mempool::Tip& tip) { block = assemble(pool, tip, chain.params(), attempt); });
        if (fault) return fail(fault->message);
        if (!block) return block;
        const auto tested = chain.test_block(*block, {});
        if (tested) return block;
        const Failure& failure = tested.error();
        why = failure.detail.empty() ? failure.reason : failure.reason + ", " + failure.detail;
        if (bare || failure.kind == Failure::Kind::kFault) break;
        const auto& named = failure.breach.place.transaction;
        if (named && left_out.size() < kMostLeftOut && pool.find(named->txid) != nullptr &&
            left_out.insert(named->txid).second)
            continue;
        bare = !claims;
        claims = false;
    }
    return fail("CreateNewBlock: TestBlockValidity failed: " + why);  // clients of the reference look for these words
}

BlockRequest getnewblock_request(const ChainParams& params, const std::vector<Bytes>& commitments,
                                 const DynafedEntry& proposed, int64_t now, int64_t min_tx_age) {
    BlockRequest request;
    request.time = static_cast<uint32_t>(std::clamp<int64_t>(now, 0, UINT32_MAX));
    request.proposed = proposed;
    request.fee_destination =
        params.mandatory_coinbase_destination.empty() ? op_true() : params.mandatory_coinbase_destination;
    for (const Bytes& data : commitments) request.commitments.push_back(script::make_null_data({data}));
    if (min_tx_age > 0) {
        request.may_go = [latest = now - min_tx_age](const mempool::Entry& entry) { return entry.time <= latest; };
    }
    return request;
}

void apply(BlockRequest& request, const BlockPolicy& policy) {
    request.max_weight = policy.max_weight;
    request.reserved_weight = policy.reserved_weight;
    request.min_rate = policy.min_rate;
    request.version = policy.version;
}

DynafedEntry make_proposal(const Script& signblockscript, uint32_t witness_limit, const Script& fedpegscript,
                           const std::vector<Bytes>& extension_space) {
    DynafedEntry out;
    out.kind = DynafedEntryKind::kFull;
    out.signblockscript = signblockscript;
    out.signblock_witness_limit = witness_limit;
    out.fedpeg_program = script::p2wsh_of(fedpegscript);
    out.fedpegscript = fedpegscript;
    out.extension_space = extension_space;
    return out;
}

void seal_if_open(BlockHeader& header) {
    auto* const dynafed = std::get_if<DynafedHeader>(&header.seal);
    if (dynafed != nullptr && dynafed->current.signblockscript == script::p2wsh_of(op_true())) {
        dynafed->signblock_witness = {op_true().bytes};
    }
}

Result<std::vector<BlockHash>> generate(chain::ChainState& chain, mempool::Mempool& pool, mempool::TipSource& tips,
                                        const Clock& clock, size_t count, const Script& destination,
                                        const BlockPolicy& policy) {
    std::vector<BlockHash> hashes;
    for (size_t i = 0; i < count; ++i) {
        BlockRequest request = getnewblock_request(chain.params(), {}, {}, clock.unix_time(), 0);
        if (!destination.empty()) request.fee_destination = destination;
        apply(request, policy);
        const std::shared_ptr<Block> block = TRY(new_block(chain, pool, tips, request));
        seal_if_open(block->header);
        if (!fed_rules::check_block_proof(block->header, chain.params())) {
            return fail("Blocks of this chain need signatures: they cannot be generated");
        }
        const chain::BlockOutcome outcome = chain.accept_block(block);
        if (outcome.failure) return fail(outcome.failure->reason);
        if (!outcome.active) return fail("the new block is not on the active chain");
        hashes.push_back(outcome.hash);
    }
    return hashes;
}

}  // namespace sluice::assembly
