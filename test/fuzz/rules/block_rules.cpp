// Any block on a chain of one block: judging it ends, and what connects disconnects to what was.
#include "support/fuzz_chain.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    static test::FuzzChain chain;
    const auto block = parse_block({data, size});
    if (!block) return 0;
    (void)rules::is_mutated(*block);
    // The mutator cannot follow hashes: what they commit to is put right, so that deeper rules are reached.
    for (const bool repair : {false, true}) {
        Block b = *block;
        if (repair) chain.repair(b);
        const test::MemoryCoins before = chain.coins;
        if (!chain.connect(b, rules::ProofCheck::kSkipped)) continue;
        chain.disconnect();
        CHECK(chain.coins == before);
    }
    return 0;
}
