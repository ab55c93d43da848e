// Any peg-in witness: judging it ends; what it claims is what stands in it.
#include "peg/proof/pegin.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    static const ChainParams params = make_chain_params("fuzzchain", Options{}).value();
    static const std::vector<FedpegScript> fedpegs = {{Script{{0x51, 0x02, 0x01, 0x02}}, Script{}},
                                                      {Script{}, params.fedpegscript}};
    TxIn in;
    in.is_pegin = true;
    Reader reader({data, size});
    describe(reader, in.prevout);
    describe_stack(reader, in.witness.pegin_witness);
    if (!reader.finish()) return 0;
    const auto claim = peg::parse_claim(in.witness.pegin_witness);
    const auto proof = peg::check_pegin(in, fedpegs, params);
    if (!proof) return 0;
    CHECK(claim);
    CHECK(in_money_range(claim->value));
    CHECK(peg::claimed_output(*claim).asset == ConfidentialAsset(params.pegged_asset));
    CHECK(proof->tx_index < proof->tx_count);
    return 0;
}
