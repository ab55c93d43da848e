#include "rpc/filter_methods.h"

#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "index/filter_index.h"
#include "rpc/chain_methods.h"
#include "rpc/descriptor.h"
#include "rpc/scan_reservation.h"

namespace sluice::rpc {
namespace {

constexpr auto kPatience = std::chrono::seconds(2);

struct Scanner {
    std::atomic<bool> busy{false};
    std::atomic<bool> stop{false};
    std::atomic<int> percent{0};
    std::atomic<uint32_t> height{0};
};

RpcResult get_block_filter(const ChainPorts& ports, const Args& args) {
    const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
    TRY_VOID(named_filters(ports, args.text_or(1, "basic")));
    TRY_VOID(known_block(*ports.reader, hash));
    const index::StoredFilter found = TRY(filter_of(ports, hash));
    return Json{{"filter", to_hex(found.filter)}, {"header", to_display(found.header)}};
}

struct Range {
    uint32_t first = 0;
    uint32_t last = 0;
};
Result<Range, RpcError> scan_range(const ChainPorts& ports, const Args& args) {
    const int64_t tip = ports.reader->tip().height;
    const int64_t first = TRY(args.integer_or(2, 0));
    if (first < 0 || first > tip) return rpc_error(Code::kMisc, "Invalid start_height");
    const int64_t last = TRY(args.integer_or(3, tip));
    if (last < first || last > tip) return rpc_error(Code::kMisc, "Invalid stop_height");
    return Range{static_cast<uint32_t>(first), static_cast<uint32_t>(last)};
}

// Whether the block itself, and not only its filter, has one of the scripts.
Result<bool, RpcError> block_matches(const ChainPorts& ports, const chain::BlockInfo& info,
                                     const index::FilterElements& wanted) {
    const std::shared_ptr<const Block> block = TRY(stored_block(*ports.reader, info));
    std::vector<Script> spent;
    if (info.height > 0) {
        const auto delta = ports.reader->delta(info.hash);
        if (!delta) return tl::unexpected<RpcError>(unavailable(delta.error()));
        for (const rules::CoinChange& change : delta->spent) spent.push_back(change.coin.out.script);
    }
    const index::FilterElements elements = index::basic_filter_elements(*block, spent);
    return std::ranges::any_of(wanted, [&](const Bytes& script) { return elements.contains(script); });
}

RpcResult scan(const ChainPorts& ports, const Args& args, Scanner& scanner) {
    const std::string type = args.text_or(4, "basic");
    const index::FilterIndex* filters = TRY(named_filters(ports, type));
    bool checked = false;
    if (args.has(5)) {
        TRY_VOID(check_fields(args.json(5), {{"filter_false_positives", "bool", true}}));
        checked = args.json(5).value("filter_false_positives", false);
    }
    const Range range = TRY(scan_range(ports, args));
    index::FilterElements wanted;
    for (const Json& object : args.json(1)) {
        for (ScriptDescriptor& each : TRY(scan_object_scripts(object, *ports.params)))
            wanted.insert(std::move(each.script.bytes));
    }
    (void)filters->wait_synced(kPatience);
    scanner.stop = false;
    bool completed = true;
    Json blocks = Json::array();
    uint32_t height = range.first;
    for (;; ++height) {
        scanner.height = height;
        scanner.percent = static_cast<int>(uint64_t{100} * (height - range.first) / (range.last - range.first + 1));
        const bool stopping = scanner.stop || (ports.stopping != nullptr && *ports.stopping);
        const auto info = ports.reader->at_height(height);
        if (stopping || !info) {
            completed = false;
            break;
        }
        const index::StoredFilter stored = TRY(filter_of(ports, info->hash));
        const Result<bool> match = index::filter_matches(stored.filter, info->hash, wanted);
        if (!match) return tl::unexpected<RpcError>(unavailable(match.error()));
        if (*match && (!checked || TRY(block_matches(ports, *info, wanted)))) blocks.push_back(to_display(info->hash));
        if (height == range.last) break;
    }
    return Json{{"from_height", range.first},
                {"to_height", height},
                {"relevant_blocks", std::move(blocks)},
                {"completed", completed}};
}

RpcResult scan_blocks(const ChainPorts& ports, const Args& args, Scanner& scanner) {
    const std::string action = args.text(0);
    if (action != "start" && action != "status" && action != "abort")
        return rpc_error(Code::kInvalidParameter, "Invalid action '" + action + "'");
    const ScanReservation reservation(scanner.busy);
    if (action == "status") {
        if (reservation.held()) return Json();
        return Json{{"progress", scanner.percent.load()}, {"current_height", scanner.height.load()}};
    }
    if (action == "abort") {
        if (reservation.held()) return Json(false);
        scanner.stop = true;
        return Json(true);
    }
    if (!reservation.held()) {
        return rpc_error(Code::kInvalidParameter, "Scan already in progress, use action \"abort\" or \"status\"");
    }
    if (!args.has(1)) return rpc_error(Code::kMisc, "scanobjects argument is required for the start action");
    return scan(ports, args, scanner);
}

}  // namespace

Result<const index::FilterIndex*, RpcError> named_filters(const ChainPorts& ports, const std::string& type) {
    if (type != "basic") return rpc_error(Code::kInvalidAddressOrKey, "Unknown filtertype");
    if (ports.filters == nullptr) return rpc_error(Code::kMisc, "Index is not enabled for filtertype " + type);
    return ports.filters;
}

Result<index::StoredFilter, RpcError> filter_of(const ChainPorts& ports, const BlockHash& hash) {
    auto found = ports.filters->find(hash);
    if (found && !*found) {
        (void)ports.filters->wait_synced(kPatience);
        found = ports.filters->find(hash);
    }
    if (!found) return tl::unexpected<RpcError>(unavailable(found.error()));
    if (*found) return std::move(**found);
    if (!ports.filters->state().synced) {
        return rpc_error(Code::kMisc, "Filter not found. Block filters are still in the process of being indexed.");
    }
    return rpc_error(Code::kInvalidAddressOrKey, "Filter not found. Block was not connected to active chain.");
}

void add_filter_methods(Dispatcher& dispatcher, const ChainPorts& ports, const PoolPorts& pool) {
    dispatcher.add("getblockfilter",
                   [ports](const Args& args, const Caller&) { return get_block_filter(ports, args); });
    dispatcher.add("scanblocks", [ports, scanner = std::make_shared<Scanner>()](const Args& args, const Caller&) {
        return scan_blocks(ports, args, *scanner);
    });
    add_activity_method(dispatcher, ports, pool);
    add_utxos_method(dispatcher, ports, pool);
}

}  // namespace sluice::rpc
