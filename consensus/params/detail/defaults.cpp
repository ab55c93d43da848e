#include "consensus/params/detail/defaults.h"

#include "codec/hex.h"
#include "consensus/params/detail/liquidv1_constants.h"
#include "consensus/params/detail/option_reader.h"

namespace sluice::detail {
namespace {

constexpr std::string_view kBitcoinMain = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
constexpr std::string_view kBitcoinRegtest = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";
constexpr std::string_view kRegtestLimit = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
constexpr std::string_view kLiquidV1Limit = "0000000000000000ffffffffffffffffffffffffffffffffffffffffffffffff";
constexpr std::string_view kTestPak =
    "02fcba7ecf41bc7e1be4ee122d9d22e3333671eb0a3a87b5cdf099d59874e1940f"
    "02fcba7ecf41bc7e1be4ee122d9d22e3333671eb0a3a87b5cdf099d59874e1940f";

// Text of our own constants; a wrong digit is a bug of this file.
Bytes constant(std::string_view hex) {
    std::optional<Bytes> bytes = from_hex(hex);
    CHECK(bytes);
    return std::move(*bytes);
}
template <class Id>
Id number(std::string_view display) {
    const auto bytes = parse_number256(display);
    CHECK(bytes);
    return Id(*bytes);
}

DeploymentParams always(int bit) {
    DeploymentParams out;
    out.bit = bit;
    out.start = DeploymentParams::kAlwaysActive;
    return out;
}
DeploymentParams from_height(int bit, int64_t start) {
    DeploymentParams out;
    out.bit = bit;
    out.start = start;
    return out;
}
DeploymentParams with_period(DeploymentParams deployment, uint32_t period) {
    deployment.period = period;
    deployment.threshold = period;
    return deployment;
}

AddressFormat regtest_addresses() { return {235, 75, 4, "ert", "el"}; }
AddressFormat bitcoin_test_addresses(uint8_t blinded) { return {111, 196, blinded, "bcrt", "bcrt"}; }

void use_test_keys(ChainParams& p) {
    p.secret_prefix = 239;
    p.xpub = {0x04, 0x35, 0x87, 0xcf};
    p.xprv = {0x04, 0x35, 0x83, 0x94};
}

}  // namespace

ChainParams liquidv1_defaults() {
    ChainParams p;
    p.name = "liquidv1";
    p.kind = ChainKind::kLiquidV1;
    p.network.magic = {0xfa, 0xbf, 0xb5, 0xda};
    p.network.p2p_port = 7042;
    p.network.rpc_port = 7041;
    p.network.parent_rpc_port = 8332;
    p.network.seeds = {"seed.liquidnetwork.io", "liquid.network."};
    p.network.fixed_seeds = {{{35, 196, 16, 254}, 7042},  {{35, 237, 176, 63}, 7042}, {{35, 237, 81, 14}, 7042},
                             {{35, 237, 147, 21}, 7042},  {{35, 227, 95, 109}, 7042}, {{35, 231, 141, 173}, 7042},
                             {{104, 196, 48, 184}, 7042}, {{35, 231, 10, 147}, 7042}};
    p.address = {57, 39, 12, "ex", "lq"};
    p.secret_prefix = 128;
    p.xpub = {0x04, 0x88, 0xb2, 0x1e};
    p.xprv = {0x04, 0x88, 0xad, 0xe4};

    p.signblockscript = {constant(kLiquidV1Signblockscript)};
    p.max_block_signature_size = 12 * 74 + 16 * 33;  // 11 signatures of 15 keys, with room
    p.epoch_length = 20160;
    p.total_valid_epochs = 2;
    for (const std::string_view entry : kLiquidV1Pak) p.first_extension_space.push_back(constant(entry));
    p.deployments = {from_height(28, 0), with_period(from_height(2, 1'554'500), 10080), from_height(25, 1'000'000),
                     with_period(from_height(21, 3'333'333), 10080)};
    p.spacing.target_spacing = 60;
    p.mandatory_coinbase_destination = {constant("76a914fc26751a5025129a2fd006c6fbfa598ddd67f7e188ac")};

    p.parent.exists = true;
    p.parent.genesis = number<ParentGenesis>(kBitcoinMain);
    p.parent.work_limit = number<WorkLimit>(kLiquidV1Limit);
    p.parent.pegin_min_depth = 100;
    p.parent.address = {0, 5, 12, "bc", "bc"};
    p.fedpegscript = {constant(kLiquidV1Fedpegscript)};
    p.enforce_pak = true;

    p.multi_data_permitted = true;
    p.accept_unlimited_issuances = true;
    p.accept_discount_ct = true;
    return p;
}

ChainParams liquidv1test_defaults() {
    ChainParams p = liquidv1_defaults();
    p.name = "liquidv1test";
    p.kind = ChainKind::kLiquidV1Test;
    p.network.magic = {0x14, 0x3e, 0xfc, 0xb1};
    p.network.rpc_port = 7040;
    p.network.parent_rpc_port = 18332;
    p.network.seeds.clear();
    p.network.fixed_seeds.clear();
    p.address = regtest_addresses();
    use_test_keys(p);
    p.signblockscript = {constant("51")};
    p.mandatory_coinbase_destination = {};
    p.first_extension_space = {constant(kTestPak)};
    p.deployments[static_cast<size_t>(Deployment::kTaproot)].start = 0;
    p.deployments[static_cast<size_t>(Deployment::kDynafed)] = always(25);
    p.parent.genesis = number<ParentGenesis>(kBitcoinRegtest);
    p.parent.work_limit = number<WorkLimit>(kRegtestLimit);
    p.parent.pegin_min_depth = 8;
    p.parent.address = bitcoin_test_addresses(p.address.blinded);
    p.fedpegscript = {constant("51")};
    return p;
}

ChainParams custom_defaults(std::string_view name) {
    ChainParams p;
    p.name = name;
    p.kind = ChainKind::kCustom;
    p.network.magic = {0x53, 0x19, 0xf2, 0x0e};
    p.network.p2p_port = 18444;
    p.network.rpc_port = 7040;
    p.network.parent_rpc_port = 18332;
    p.network.seeds = {"dummySeed.invalid."};
    p.address = regtest_addresses();
    use_test_keys(p);
    p.signblockscript = {constant("51")};
    p.signature_weight = 4;
    p.max_block_signature_size = 74;  // a dummy push and one signature
    p.epoch_length = 10;
    p.total_valid_epochs = 2;
    p.first_extension_space = {constant(kTestPak)};
    p.csv_height = 1;
    p.deployments = {from_height(28, 0), with_period(always(2), 128), always(25),
                     with_period(from_height(21, DeploymentParams::kNeverActive), 128)};
    p.spacing.target_timespan = 24 * 60 * 60;
    p.parent.exists = true;
    p.parent.genesis = number<ParentGenesis>(kBitcoinRegtest);
    p.parent.work_limit = number<WorkLimit>(kRegtestLimit);
    p.parent.address = bitcoin_test_addresses(p.address.blinded);
    p.fedpegscript = {constant("51")};
    p.anyone_can_spend_are_mine = true;
    p.default_consistency_checks = true;
    p.mockable_time = true;
    return p;
}

ChainParams liquidtestnet_defaults() {
    ChainParams p = custom_defaults("liquidtestnet");
    p.kind = ChainKind::kLiquidTestnet;
    p.network.magic = {0x41, 0x0e, 0xdd, 0x62};
    p.network.p2p_port = 18891;
    p.network.rpc_port = 7039;
    p.network.parent_rpc_port = 18331;
    p.network.seeds = {"seed.liquid-testnet.blockstream.com", "seed.liquidtestnet.com", "liquid.network."};
    p.network.fixed_seeds = {{{34, 68, 67, 175}, 18891}, {{208, 87, 99, 138}, 18891}};
    p.address = {36, 19, 23, "tex", "tlq"};
    p.signblockscript = {constant("51210217e403ddb181872c32a0cd468c710040b2f53d8cac69f18dad07985ee37e9a7151ae")};
    p.signature_weight = 1;
    p.max_block_signature_size = 150;
    p.epoch_length = 1000;
    p.deployments[static_cast<size_t>(Deployment::kDynafed)].start = 0;
    p.deployments[static_cast<size_t>(Deployment::kSimplicity)].start = DeploymentParams::kAlwaysActive;
    p.initial_free_coins = 2'100'000'000'000'000;
    p.parent.exists = false;
    p.parent.genesis = {};
    p.parent.address.blinded = p.address.blinded;
    p.multi_data_permitted = true;
    p.anyone_can_spend_are_mine = false;
    p.accept_unlimited_issuances = true;
    p.accept_discount_ct = true;
    p.default_consistency_checks = false;
    return p;
}

}  // namespace sluice::detail
