#include "unit/member/town.h"

#include "consensus/primitives/merkle.h"
#include "consensus/rules/block_check.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "peg/ledger/facts.h"

namespace sluice::member {

Tip ListChain::tip() const {
    const BlockHeader& header = blocks.back()->header;
    return {compute_hash(header), header.height, header.time};
}
Result<BlockRef> ListChain::block_at(uint32_t height) const {
    if (height >= blocks.size()) return fail("no such block");
    return blocks[height];
}
std::optional<BlockHash> ListChain::hash_at(uint32_t height) const {
    if (height >= blocks.size()) return std::nullopt;
    return compute_hash(blocks[height]->header);
}
test::HeaderChain ListChain::headers() const {
    test::HeaderChain out;
    for (const BlockRef& block : blocks) out.add(block->header);
    return out;
}
Result<DynafedEntry> ListChain::parameters_after(const BlockHash&) const {
    return fed_rules::full_parameters(headers(), town_.params);
}

void ListChain::build(BuildRequest request, std::function<void(Result<BlockRef>)> done) {
    Transaction coinbase;
    TxIn input;
    input.prevout.index = 0xffffffff;
    const uint32_t height = static_cast<uint32_t>(blocks.size());
    input.script_sig.bytes = {4, static_cast<uint8_t>(height), static_cast<uint8_t>(height >> 8), 0, 0,
                              1, static_cast<uint8_t>(who_)};
    input.witness.script_witness = {Bytes(32, 0)};
    coinbase.inputs.push_back(input);
    TxOut output;
    output.asset = town_.params.pegged_asset;
    output.value = Amount{0};
    output.script = ledger::make_commitment_script(request.commitment);
    coinbase.outputs.push_back(output);
    output.script.bytes = {0x6a};
    coinbase.outputs.push_back(output);
    coinbase.outputs.push_back(output);  // each output is a leaf of the root: it must be there
    coinbase.outputs.back().script = rules::witness_commitment_script({make_tx(coinbase)}, Bytes(32, 0));
    Block block;
    block.transactions.push_back(make_tx(coinbase));
    block.header.version = 0x20000000;
    block.header.prev = request.prev;
    block.header.height = height;
    block.header.time = request.time;
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
    DynafedHeader seal;
    seal.current = fed_rules::expected_current(headers(), town_.params);
    seal.proposed = request.proposed;
    block.header.seal = seal;
    auto built = std::make_shared<const Block>(std::move(block));
    town_.loop.post([built, done = std::move(done)] { done(BlockRef(built)); });
}
void ListChain::test(BlockRef block, std::function<void(TestVerdict)> done) {
    const bool fits = block->header.prev == tip().hash && !rules::is_mutated(*block);
    town_.loop.post([fits, done = std::move(done)] {
        TestVerdict verdict;
        if (!fits) verdict.rules = invalid("bad-block");
        done(verdict);
    });
}
void ListChain::submit(BlockRef block, std::function<void(Status)> done) {
    const bool good = fed_rules::check_block_proof(block->header, town_.params);
    BOOST_CHECK(good);
    town_.loop.post([this, block, good, done = std::move(done)] {
        if (good) town_.spread(block);
        done(good ? Status{} : fail("bad proof"));
    });
}
void Switchboard::send(uint8_t to, Bytes frame) {
    town_.loop.post([this, to, frame = std::move(frame)] {
        if (town_.people[to].member) town_.people[to].member->on_frame(static_cast<uint8_t>(who_), frame);
    });
}

}  // namespace sluice::member
