#include "consensus/params/detail/overrides.h"

#include <charconv>
#include <set>

#include "codec/hex.h"

namespace sluice::detail {
namespace {

// Satoshi as the reference writes coins in messages: two decimals at least.
std::string coins_text(int64_t amount) {
    std::string fraction = std::to_string(amount % kCoin);
    fraction.insert(0, 8 - fraction.size(), '0');
    while (fraction.size() > 2 && fraction.back() == '0') fraction.pop_back();
    return std::to_string(amount / kCoin) + "." + fraction;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back().push_back(c);
        }
    }
    return parts;
}

template <class T>
std::optional<T> whole(std::string_view text) {
    T number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<size_t> deployment_named(std::string_view name) {
    for (const Deployment deployment : kAllDeployments) {
        if (to_string(deployment) == name) return static_cast<size_t>(deployment);
    }
    return std::nullopt;
}

// Reads `text` into `to` unless it is empty; an error names `what`.
template <class T>
bool take(OptionReader& options, const std::string& text, std::string_view what, T& to) {
    if (text.empty()) return true;
    const std::optional<T> number = whole<T>(text);
    if (!number) {
        options.fail("Invalid " + std::string(what) + " (" + text + ")");
        return false;
    }
    to = *number;
    return true;
}

// -vbparams=name:start:end[:min_height]
void apply_vbparams(ChainParams& p, OptionReader& options) {
    for (const std::string& text : options.texts("vbparams")) {
        const std::vector<std::string> parts = split(text, ':');
        if (parts.size() < 3 || parts.size() > 4) {
            return options.fail(
                "Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]");
        }
        const std::optional<size_t> which = deployment_named(parts[0]);
        if (!which) return options.fail("Invalid deployment (" + parts[0] + ")");
        const std::optional<int64_t> start = whole<int64_t>(parts[1]);
        const std::optional<int64_t> timeout = whole<int64_t>(parts[2]);
        const std::optional<int32_t> least = parts.size() == 4 ? whole<int32_t>(parts[3]) : std::optional<int32_t>(0);
        if (!start) return options.fail("Invalid nStartTime (" + parts[1] + ")");
        if (!timeout) return options.fail("Invalid nTimeout (" + parts[2] + ")");
        if (!least) return options.fail("Invalid min_activation_height (" + parts[3] + ")");
        p.deployments[*which].start = *start;
        p.deployments[*which].timeout = *timeout;
        p.deployments[*which].min_activation_height = *least;
    }
}

// -evbparams=name:start:end:period:threshold: an empty field keeps what is there, the first of two for one name counts,
// period and threshold count only where the deployment has its own.
void apply_evbparams(ChainParams& p, OptionReader& options) {
    std::set<size_t> seen;
    for (const std::string& text : options.texts("evbparams")) {
        const std::vector<std::string> parts = split(text, ':');
        if (parts.size() != 5) {
            return options.fail(
                "ElementsVersion bits parameters malformed, expecting deployment:start:end:period:threshold");
        }
        int64_t period = 0;
        int64_t threshold = 0;
        DeploymentParams given;
        if (!take(options, parts[1], "nStartTime", given.start) ||
            !take(options, parts[2], "nTimeout", given.timeout) || !take(options, parts[3], "nPeriod", period) ||
            !take(options, parts[4], "nThreshold", threshold)) {
            return;
        }
        const std::optional<size_t> which = deployment_named(parts[0]);
        if (!which) return options.fail("Invalid deployment (" + parts[0] + ")");
        if (!seen.insert(*which).second) continue;
        DeploymentParams& deployment = p.deployments[*which];
        if (!parts[1].empty()) deployment.start = given.start;
        if (!parts[2].empty()) deployment.timeout = given.timeout;
        if (!parts[3].empty() && deployment.period) deployment.period = static_cast<uint32_t>(period);
        if (!parts[4].empty() && deployment.threshold) deployment.threshold = static_cast<uint32_t>(threshold);
    }
}

// -testactivationheight=name@height
void apply_activation_heights(ChainParams& p, OptionReader& options) {
    for (const std::string& text : options.texts("testactivationheight")) {
        const size_t at = text.find('@');
        if (at == std::string::npos) {
            return options.fail("Invalid format (" + text + ") for -testactivationheight=name@height.");
        }
        const std::string name = text.substr(0, at);
        const std::optional<int32_t> height = whole<int32_t>(std::string_view(text).substr(at + 1));
        if (!height || *height < 0 || *height == std::numeric_limits<int32_t>::max()) {
            return options.fail("Invalid height value (" + text + ") for -testactivationheight=name@height.");
        }
        if (name == "segwit") {
            p.segwit_height = *height;
        } else if (name != "bip34" && name != "dersig" && name != "cltv" && name != "csv") {
            return options.fail("Invalid name (" + text + ") for -testactivationheight=name@height.");
        }
        // The reference sets the other four again from their -con_ options or defaults.
    }
}

void apply_network(ChainParams& p, OptionReader& o) {
    p.network.magic = o.four_bytes("pchmessagestart", p.network.magic);
    if (const std::vector<std::string> seeds = o.texts("seednode");
        !seeds.empty() && (seeds.size() > 1 || seeds[0] != "0")) {
        p.network.seeds = seeds;
    }
    p.address.bech32_hrp = o.text("bech32_hrp", p.address.bech32_hrp);
    p.address.blech32_hrp = o.text("blech32_hrp", p.address.blech32_hrp);
    p.address.pubkey = o.number("pubkeyprefix", p.address.pubkey);
    p.address.script = o.number("scriptprefix", p.address.script);
    p.address.blinded = o.number("blindedprefix", p.address.blinded);
    p.secret_prefix = o.number("secretprefix", p.secret_prefix);
    p.xpub = o.four_bytes("extpubkeyprefix", p.xpub);
    p.xprv = o.four_bytes("extprvkeyprefix", p.xprv);
    p.parent.address.pubkey = o.number("parentpubkeyprefix", p.parent.address.pubkey);
    p.parent.address.script = o.number("parentscriptprefix", p.parent.address.script);
    p.parent.address.bech32_hrp = o.text("parent_bech32_hrp", p.parent.address.bech32_hrp);
    p.parent.address.blech32_hrp = o.text("parent_blech32_hrp", p.parent.address.blech32_hrp);
    p.parent.address.blinded = p.address.blinded;
}

void apply_blocks(ChainParams& p, OptionReader& o) {
    p.signblockscript.bytes = o.hex("signblockscript", p.signblockscript.bytes);
    p.max_block_signature_size = o.number("con_max_block_sig_size", p.max_block_signature_size);
    p.signature_weight = o.number("con_signature_weight", p.signature_weight);
    if (p.signature_weight != 1 && p.signature_weight != 4) o.fail("-con_signature_weight must be 1 or 4");
    p.epoch_length = o.number("dynamic_epoch_length", p.epoch_length);
    p.total_valid_epochs = o.number("total_valid_epochs", p.total_valid_epochs);
    if (p.epoch_length == 0) o.fail("-dynamic_epoch_length must be at least 1");
    if (const std::vector<std::string> entries = o.texts("pak"); !entries.empty()) {
        p.first_extension_space.clear();
        for (const std::string& entry : entries) {
            std::optional<Bytes> bytes = from_hex(entry);
            if (!bytes) return o.fail("-pak must be hexadecimal, not \"" + entry + "\"");
            p.first_extension_space.push_back(std::move(*bytes));
        }
    }
    p.bip34_height = o.number("con_bip34height", p.bip34_height);
    p.bip34_hash = o.id("con_bip34hash", p.bip34_hash);
    p.bip65_height = o.number("con_bip65height", p.bip65_height);
    p.bip66_height = o.number("con_bip66height", p.bip66_height);
    p.threshold = o.number("con_nrulechangeactivationthreshold", p.threshold);
    p.window = o.number("con_nminerconfirmationwindow", p.window);
    if (p.window == 0) o.fail("-con_nminerconfirmationwindow must be at least 1");
    p.signal_dynafed = o.flag("con_dyna_deploy_signal", p.signal_dynafed);
    p.spacing.target_spacing = o.number("con_npowtargetspacing", p.spacing.target_spacing);
    p.spacing.target_timespan = o.number("con_npowtargettimespan", p.spacing.target_timespan);
    p.assume_valid = o.id("con_defaultassumevalid", p.assume_valid);
    if (!o.flag("con_signed_blocks", true)) o.fail("-con_signed_blocks=0 is not supported: blocks here are signed");
    if (!o.flag("con_blockheightinheader", true)) o.fail("-con_blockheightinheader=0 is not supported");
    if (!o.flag("con_elementsmode", true)) o.fail("-con_elementsmode=0 is not supported");
}

void apply_coins(ChainParams& p, OptionReader& o) {
    p.subsidy_halving_interval = o.number("con_nsubsidyhalvinginterval", p.subsidy_halving_interval);
    if (p.subsidy_halving_interval <= 0) o.fail("-con_nsubsidyhalvinginterval must be at least 1");
    p.genesis_subsidy = o.number("con_blocksubsidy", p.genesis_subsidy);
    p.mandatory_coinbase_destination.bytes = o.hex("con_mandatorycoinbase", p.mandatory_coinbase_destination.bytes);
    p.connect_genesis_outputs = o.flag("con_connect_genesis_outputs", p.connect_genesis_outputs);
    p.initial_free_coins = o.number("initialfreecoins", p.initial_free_coins);
    p.initial_reissuance_tokens = o.number("initialreissuancetokens", p.initial_reissuance_tokens);
    p.genesis_style = o.text("con_genesis_style", p.genesis_style);
}

void apply_peg(ChainParams& p, OptionReader& o) {
    p.parent.exists = o.flag("con_has_parent_chain", p.parent.exists);
    p.parent.genesis = o.id("parentgenesisblockhash", p.parent.genesis);
    p.parent.work_limit = o.id("con_parentpowlimit", p.parent.work_limit);
    p.parent.signblockscript.bytes = o.hex("con_parent_chain_signblockscript", p.parent.signblockscript.bytes);
    p.parent.pegged_asset = o.id("con_parent_pegged_asset", p.parent.pegged_asset);
    p.parent.pegin_min_depth = o.number("peginconfirmationdepth", p.parent.pegin_min_depth);
    if (p.parent.exists == p.parent.genesis.is_zero()) {
        o.fail(p.parent.exists
                   ? "-parentgenesisblockhash must be given for a chain with a parent chain (-con_has_parent_chain)"
                   : "-parentgenesisblockhash must be 0 for a chain without a parent chain (-con_has_parent_chain=0)");
    }
    // Fact: the empty text is an empty script on liquidv1test, and the default on the other chains.
    p.fedpegscript.bytes = p.kind == ChainKind::kLiquidV1Test ? o.hex("fedpegscript", p.fedpegscript.bytes)
                                                              : o.script("fedpegscript", p.fedpegscript.bytes);
    p.start_p2wsh_script = o.flag("con_start_p2wsh_script", p.start_p2wsh_script);
    p.enforce_pak = o.flag("enforce_pak", p.enforce_pak);
}

}  // namespace

void apply_policy(ChainParams& p, OptionReader& o) {
    p.accept_unlimited_issuances = o.flag("acceptunlimitedissuances", p.accept_unlimited_issuances);
    p.create_discount_ct = o.flag("creatediscountct", p.create_discount_ct);
    p.accept_discount_ct = o.flag("acceptdiscountct", p.accept_discount_ct) || p.create_discount_ct;
    PeginPolicy& peg = p.pegin_policy;
    peg.subsidy_height = o.number("peginsubsidyheight", peg.subsidy_height);
    peg.minimum_height = o.number("peginminheight", peg.minimum_height);
    if (peg.subsidy_height < 0) {
        o.fail("Invalid block height (" + std::to_string(peg.subsidy_height) +
               ") for -peginsubsidyheight. Must be positive.");
    }
    if (peg.minimum_height < 0) {
        o.fail("Invalid block height (" + std::to_string(peg.minimum_height) +
               ") for -peginminheight. Must be positive.");
    }
    peg.subsidy_threshold = o.money("peginsubsidythreshold", peg.subsidy_threshold);
    peg.minimum_amount = o.money("peginminamount", peg.minimum_amount);
    if (peg.subsidy_threshold < peg.minimum_amount) {
        o.fail("Peg-in subsidy threshold (" + coins_text(peg.subsidy_threshold) +
               ") must be greater than or equal to peg-in minimum amount (" + coins_text(peg.minimum_amount) + ")");
    }
}

void apply_overrides(ChainParams& p, OptionReader& o) {
    if (p.kind != ChainKind::kLiquidV1Test) {
        apply_activation_heights(p, o);
        apply_vbparams(p, o);
        p.csv_height = o.number("con_csv_deploy_start", p.csv_height);
    }
    apply_network(p, o);
    apply_blocks(p, o);
    apply_coins(p, o);
    apply_peg(p, o);
    apply_evbparams(p, o);
    // liquidtestnet always permits it; a custom chain's default follows -enforce_pak.
    if (p.kind == ChainKind::kCustom) p.multi_data_permitted = o.flag("multi_data_permitted", p.enforce_pak);
    if (p.kind == ChainKind::kLiquidV1Test)
        p.multi_data_permitted = o.flag("multi_data_permitted", p.multi_data_permitted);
    p.anyone_can_spend_are_mine = o.flag("anyonecanspendaremine", p.anyone_can_spend_are_mine);
    p.prune_after_height = o.number("npruneafterheight", p.prune_after_height);
    p.default_consistency_checks = o.flag("fdefaultconsistencychecks", p.default_consistency_checks);
}

}  // namespace sluice::detail
