// ChainParams: all that tells one Elements-style chain from another, as one immutable value. Made once at start-up by
// make_chain_params and handed around by const reference; pure, no globals. Sources: chain-params.md; the option names
// are Elements'. Heights in blocks, amounts in satoshi, times in seconds.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/params/address_format.h"
#include "consensus/params/deployments.h"
#include "consensus/primitives/block.h"
#include "consensus/primitives/ids.h"
#include "util/bytes.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice {

enum class ChainKind { kLiquidV1, kLiquidTestnet, kLiquidV1Test, kCustom };

// A 256-bit number, little-endian, that a block hash (read the same way) must not exceed.
using WorkLimit = FixedBytes<struct WorkLimitTag, 32>;

struct SeedAddress {
    std::array<uint8_t, 4> ipv4{};
    uint16_t port = 0;
};

struct NetworkParams {
    std::array<uint8_t, 4> magic{};
    uint16_t p2p_port = 0;
    uint16_t rpc_port = 0;
    uint16_t parent_rpc_port = 0;  // default of -mainchainrpcport
    std::vector<std::string> seeds;
    std::vector<SeedAddress> fixed_seeds;
};

// Where the pegged coins come from.
struct ParentParams {
    bool exists = false;
    ParentGenesis genesis;         // zero iff there is no parent chain
    WorkLimit work_limit;          // of headers in peg-in proofs
    Script signblockscript;        // of an Elements-style parent; empty: the parent has proof of work
    AssetId pegged_asset;          // the asset that an Elements-style parent pegs
    uint32_t pegin_min_depth = 8;  // confirmations
    AddressFormat address;
    [[nodiscard]] bool has_work() const { return signblockscript.empty(); }
};

// What a proof-of-work chain would use; kept for time estimates and RPC answers. Blocks of our chains are signed.
struct SpacingParams {
    int64_t target_spacing = 600;
    int64_t target_timespan = 14 * 24 * 60 * 60;
};

// Mempool policy of peg-in size and subsidy; never consensus. kNever: off.
struct PeginPolicy {
    static constexpr int32_t kNever = std::numeric_limits<int32_t>::max();
    int32_t subsidy_height = kNever;
    int64_t subsidy_threshold = 0;
    int32_t minimum_height = kNever;
    int64_t minimum_amount = 0;
    [[nodiscard]] bool has_subsidy() const { return subsidy_threshold > 0 || subsidy_height < kNever; }
    [[nodiscard]] bool has_minimum() const { return minimum_amount > 0 || minimum_height < kNever; }
};

struct ChainParams {
    std::string name;
    ChainKind kind = ChainKind::kCustom;

    // Network and addresses.
    NetworkParams network;
    AddressFormat address;
    uint8_t secret_prefix = 0;
    std::array<uint8_t, 4> xpub{};
    std::array<uint8_t, 4> xprv{};

    // Blocks and their signatures.
    Script signblockscript;
    // What a byte of a dynafed header's signature weighs against the block limit: 1 in releases up to 23.3, which the
    // public networks run; 4 from 28.x on. Chains of one's own take the stricter: no node of either version refuses
    // what they make.
    uint8_t signature_weight = 1;
    uint32_t max_block_signature_size = 0;  // bytes of a legacy solution; witness limit of the first dynafed parameters
    uint32_t epoch_length = 0;              // dynafed, blocks
    uint32_t total_valid_epochs = 0;
    std::vector<Bytes> first_extension_space;  // PAK entries of the first dynafed parameters
    int32_t bip34_height = 0;
    BlockHash bip34_hash;
    int32_t bip65_height = 0;
    int32_t bip66_height = 0;
    int32_t csv_height = 0;
    int32_t segwit_height = 0;
    uint32_t window = 144;     // blocks of a version-bits period
    uint32_t threshold = 108;  // signalling blocks that lock a deployment in
    std::array<DeploymentParams, kDeploymentCount> deployments;
    bool signal_dynafed = true;  // -con_dyna_deploy_signal
    SpacingParams spacing;
    BlockHash assume_valid;  // zero: check every script

    // Coins.
    AssetId pegged_asset;
    AssetId policy_asset;  // -feeasset: the asset in which fees count
    AssetId subsidy_asset;
    int64_t genesis_subsidy = 0;
    int32_t subsidy_halving_interval = 150;
    Script mandatory_coinbase_destination;  // empty: any
    bool connect_genesis_outputs = true;
    int64_t initial_free_coins = 0;
    int64_t initial_reissuance_tokens = 0;
    std::string genesis_style = "elements";

    // Peg.
    ParentParams parent;
    Script fedpegscript;
    bool start_p2wsh_script = false;  // type of the first fedpeg program: P2WSH, else P2SH of it
    bool enforce_pak = false;

    // Policy and behaviour.
    bool multi_data_permitted = false;
    bool anyone_can_spend_are_mine = false;
    bool accept_unlimited_issuances = false;
    bool accept_discount_ct = false;
    bool create_discount_ct = false;
    PeginPolicy pegin_policy;
    uint64_t prune_after_height = 1000;
    bool default_consistency_checks = false;
    bool mockable_time = false;

    // The block at height 0 and its hash.
    Block genesis;
    BlockHash genesis_hash;

    [[nodiscard]] const DeploymentParams& deployment(Deployment which) const {
        return deployments[static_cast<size_t>(which)];
    }
    // True for chains whose coins are worth nothing; options that weaken policy are refused elsewhere.
    [[nodiscard]] bool is_test_chain() const { return kind != ChainKind::kLiquidV1; }
    [[nodiscard]] bool is_regtest_like() const { return name.find("regtest") != std::string::npos; }
    // Subsidy of the block at `height`, in satoshi of subsidy_asset.
    [[nodiscard]] int64_t subsidy_at(int32_t height) const;
};

// Parameters of the chain `name` with the overrides that `options` gives (chain-params.md section 8): custom chains and
// liquidtestnet take all of them, liquidv1test those that are given, liquidv1 only policy switches. The error says
// which option is wrong. Refused: Bitcoin's own chains, and -con_elementsmode=0, -con_signed_blocks=0,
// -con_blockheightinheader=0, which make chains of another format.
Result<ChainParams> make_chain_params(std::string_view name, const Options& options);

// The default of -chain.
inline constexpr std::string_view kDefaultChain = "liquidv1";

}  // namespace sluice
