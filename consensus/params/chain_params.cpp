#include "consensus/params/chain_params.h"

#include "consensus/params/detail/defaults.h"
#include "consensus/params/detail/genesis.h"
#include "consensus/params/detail/option_reader.h"
#include "consensus/params/detail/overrides.h"

namespace sluice {
namespace {

bool is_bitcoin(std::string_view name) {
    return name == "main" || name == "test" || name == "testnet4" || name == "signet" || name == "regtest";
}

ChainParams defaults_of(std::string_view name) {
    if (name == "liquidv1") return detail::liquidv1_defaults();
    if (name == "liquidtestnet") return detail::liquidtestnet_defaults();
    if (name == "liquidv1test") return detail::liquidv1test_defaults();
    return detail::custom_defaults(name);
}

}  // namespace

int64_t ChainParams::subsidy_at(int32_t height) const {
    const int32_t halvings = height / subsidy_halving_interval;
    return halvings >= 64 ? 0 : genesis_subsidy >> halvings;
}

Result<ChainParams> make_chain_params(std::string_view name, const Options& options) {
    if (name.empty() || name.find('/') != std::string_view::npos || name.starts_with('.')) {
        return fail("-chain=" + std::string(name) + " is no name for a chain");
    }
    if (is_bitcoin(name)) {
        return fail("-chain=" + std::string(name) +
                    " is a Bitcoin chain; this program runs sidechains (default: liquidv1)");
    }
    ChainParams params = defaults_of(name);
    detail::OptionReader reader(options);
    if (params.kind != ChainKind::kLiquidV1) detail::apply_overrides(params, reader);
    detail::apply_policy(params, reader);

    params.pegged_asset = detail::genesis_asset(params);
    // Fact: liquidv1test keeps liquidv1's asset for subsidies unless told otherwise.
    params.subsidy_asset = params.kind == ChainKind::kLiquidV1Test ? detail::genesis_asset(detail::liquidv1_defaults())
                                                                   : params.pegged_asset;
    if (params.kind != ChainKind::kLiquidV1) params.subsidy_asset = reader.id("subsidyasset", params.subsidy_asset);
    params.policy_asset = reader.id("feeasset", params.pegged_asset);
    if (reader.error()) return fail(reader.error()->message);

    params.genesis = TRY(detail::make_genesis(params));
    params.genesis_hash = compute_hash(params.genesis.header);
    return params;
}

}  // namespace sluice
