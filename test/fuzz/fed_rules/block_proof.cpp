// Any header: its proof is judged, and its entries have roots.
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "federation/rules/pak.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const ChainParams kParams = make_chain_params("liquidv1", Options{}).value();
    const auto header = parse_header(ByteView(data, size));
    if (!header) return 0;
    (void)fed_rules::check_block_proof(*header, kParams);
    if (!header->is_dynafed()) return 0;
    (void)fed_rules::params_root(header->dynafed());
    (void)fed_rules::parse_pak_list(header->dynafed().proposed.extension_space);
    return 0;
}
