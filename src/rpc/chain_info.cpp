// The state of chain and peg as summaries.
#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/rules/versionbits.h"
#include "consensus/script/asm.h"
#include "federation/rules/dynafed.h"
#include "federation/rules/pak.h"
#include "rpc/chain_methods.h"

namespace sluice::rpc {
namespace {

Json hex_list(const std::vector<Bytes>& items) {
    Json out = Json::array();
    for (const Bytes& item : items) out.push_back(to_hex(item));
    return out;
}

RpcResult blockchain_info(const ChainPorts& ports) {
    const ChainParams& params = *ports.params;
    const chain::ChainTip tip = ports.reader->tip();
    Json out = Json::object();
    out["chain"] = params.name;
    out["blocks"] = tip.height;
    out["headers"] = tip.best_header_height;
    out["bestblockhash"] = to_display(tip.hash);
    out["time"] = tip.time;
    out["mediantime"] = tip.median_time_past;
    const bool complete = tip.height >= tip.best_header_height;
    if (complete) {
        out["verificationprogress"] = 1;
    } else {
        out["verificationprogress"] = real_json(static_cast<double>(tip.height) / tip.best_header_height);
    }
    out["initialblockdownload"] = tip.initial_download;
    out["size_on_disk"] = ports.reader->disk_size();
    out["pruned"] = false;
    out["trim_headers"] = false;
    const chain::HeaderViewPtr branch = ports.reader->branch(tip.hash);
    if (!branch) return rpc_error(Code::kInternal, "the tip is not in the block tree");
    rules::VersionBits bits(params);
    if (!bits.active_after(*branch, Deployment::kDynafed)) {
        out["current_signblock_asm"] = script::to_asm(params.signblockscript.view());
        out["current_signblock_hex"] = to_hex(params.signblockscript.view());
        out["max_block_witness"] = params.max_block_signature_size;
        out["extension_space"] = hex_list(params.first_extension_space);
    } else {
        const DynafedEntry entry = fed_rules::full_parameters(*branch, params);
        out["current_params_root"] = to_display(fed_rules::entry_root(entry));
        out["current_signblock_asm"] = script::to_asm(entry.signblockscript.view());
        out["current_signblock_hex"] = to_hex(entry.signblockscript.view());
        out["max_block_witness"] = entry.signblock_witness_limit;
        out["current_fedpeg_program"] = to_hex(entry.fedpeg_program.view());
        out["current_fedpeg_script"] = to_hex(entry.fedpegscript.view());
        out["extension_space"] = hex_list(entry.extension_space);
        out["epoch_length"] = params.epoch_length;
        out["total_valid_epochs"] = params.total_valid_epochs;
        out["epoch_age"] = tip.height % params.epoch_length;
    }
    Json warnings = Json::array();
    if (ports.warnings) {
        for (const std::string& warning : ports.warnings()) warnings.push_back(warning);
    }
    out["warnings"] = std::move(warnings);
    return out;
}

RpcResult sidechain_info(const ChainPorts& ports) {
    const ChainParams& params = *ports.params;
    const chain::ChainTip tip = ports.reader->tip();
    const chain::HeaderViewPtr branch = ports.reader->branch(tip.hash);
    if (!branch) return rpc_error(Code::kInternal, "the tip is not in the block tree");
    Json programs = Json::array();
    Json scripts = Json::array();
    for (const FedpegScript& entry : fed_rules::fedpeg_scripts_after(*branch, params)) {
        programs.push_back(to_hex(entry.program.view()));
        scripts.push_back(to_hex(entry.script.view()));
    }
    Json out = Json::object();
    out["fedpegscript"] = to_hex(params.fedpegscript.view());
    out["current_fedpeg_programs"] = std::move(programs);
    out["current_fedpegscripts"] = std::move(scripts);
    out["pegged_asset"] = to_display(params.pegged_asset);
    out["min_peg_diff"] = to_display(params.parent.work_limit);
    out["parent_blockhash"] = to_display(params.parent.genesis);
    out["parent_chain_has_pow"] = params.parent.has_work();
    out["enforce_pak"] = params.enforce_pak;
    out["pegin_confirmation_depth"] = params.parent.pegin_min_depth;
    if (!params.parent.has_work()) {
        out["parent_chain_signblockscript_asm"] = script::to_asm(params.parent.signblockscript.view());
        out["parent_chain_signblockscript_hex"] = to_hex(params.parent.signblockscript.view());
        out["parent_pegged_asset"] = to_display(params.parent.pegged_asset);
    }
    const PeginPolicy& policy = params.pegin_policy;
    const int64_t height = tip.height;
    const auto trimmed = [](int64_t sat) {
        std::string text = amount_text(Amount{sat});
        while (text.back() == '0' && text[text.size() - 3] != '.') text.pop_back();
        return text;
    };
    if (policy.minimum_amount > 0) out["pegin_min_amount"] = trimmed(policy.minimum_amount);
    if (policy.minimum_height < PeginPolicy::kNever) {
        out["pegin_min_height"] = policy.minimum_height;
        out["pegin_min_active"] = height >= policy.minimum_height;
    }
    if (policy.subsidy_threshold > 0) out["pegin_subsidy_threshold"] = trimmed(policy.subsidy_threshold);
    if (policy.subsidy_height < PeginPolicy::kNever) {
        out["pegin_subsidy_height"] = policy.subsidy_height;
        out["pegin_subsidy_active"] = height >= policy.subsidy_height;
    }
    return out;
}

RpcResult pak_info(const ChainPorts& ports) {
    const chain::HeaderViewPtr branch = ports.reader->branch(ports.reader->tip().hash);
    if (!branch) return rpc_error(Code::kInternal, "the tip is not in the block tree");
    const auto list = fed_rules::parse_pak_list(fed_rules::full_parameters(*branch, *ports.params).extension_space);
    Json online = Json::array();
    Json offline = Json::array();
    for (const fed_rules::PakEntry& entry : list) {
        online.push_back(to_hex(entry.online.view()));
        offline.push_back(to_hex(entry.offline.view()));
    }
    Json keys = Json::object();
    keys["online"] = std::move(online);
    keys["offline"] = std::move(offline);
    keys["reject"] = list.empty();
    return Json{{"block_paklist", std::move(keys)}};
}

}  // namespace

void add_chain_info_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    dispatcher.add("getblockchaininfo", [ports](const Args&, const Caller&) { return blockchain_info(ports); });
    dispatcher.add("getpakinfo", [ports](const Args&, const Caller&) { return pak_info(ports); });
    dispatcher.add("getsidechaininfo", [ports](const Args&, const Caller&) { return sidechain_info(ports); });
}

}  // namespace sluice::rpc
